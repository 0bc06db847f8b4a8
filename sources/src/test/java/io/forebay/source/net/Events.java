package io.forebay.source.net;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.NodeListener;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what a node reports. */
public final class Events implements NodeListener {

  private final Map<String, Long> events = new ConcurrentHashMap<>();
  private final Map<String, Long> droppedItems = new ConcurrentHashMap<>();
  private final Map<String, Long> droppedBytes = new ConcurrentHashMap<>();

  @Override
  public void onDropped(String reason, long items, long bytes) {
    droppedItems.merge(reason, items, Long::sum);
    droppedBytes.merge(reason, bytes, Long::sum);
  }

  @Override
  public void onEvent(String event, long count) {
    events.merge(event, count, Long::sum);
  }

  public long count(String event) {
    return events.getOrDefault(event, 0L);
  }

  public long droppedItems(String reason) {
    return droppedItems.getOrDefault(reason, 0L);
  }

  public long droppedBytes(String reason) {
    return droppedBytes.getOrDefault(reason, 0L);
  }

  /** A context whose node reports here. */
  public ComponentContext context(String nodeName) {
    return new ComponentContext(
        nodeName, "test", Path.of("target"), Clock.systemUTC(), new Random(1), this);
  }
}
