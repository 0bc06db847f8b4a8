package io.forebay.source.worker;

import io.forebay.core.component.NodeListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Remembers what a node told. */
public final class RecordingListener implements NodeListener {

  private final Map<String, Long> events = new ConcurrentHashMap<>();
  private final Map<String, Long> droppedItems = new ConcurrentHashMap<>();
  private final AtomicReference<String> unhealthy = new AtomicReference<>();

  @Override
  public void onDropped(String reason, long items, long bytes) {
    droppedItems.merge(reason, items, Long::sum);
  }

  @Override
  public void onEvent(String event, long count) {
    events.merge(event, count, Long::sum);
  }

  @Override
  public void onUnhealthy(String why) {
    unhealthy.set(why);
  }

  @Override
  public void onHealthy() {
    unhealthy.set(null);
  }

  public long events(String event) {
    return events.getOrDefault(event, 0L);
  }

  public long dropped(String reason) {
    return droppedItems.getOrDefault(reason, 0L);
  }

  /** Why the node is unhealthy, or null when it is not. */
  public String unhealthy() {
    return unhealthy.get();
  }
}
