package io.forebay.destination.collector;

import io.forebay.core.component.NodeListener;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what a node tells. */
final class Events implements NodeListener {

  private final Map<String, Long> counts = new ConcurrentHashMap<>();
  volatile Instant certificateEnd;

  @Override
  public void onEvent(String event, long count) {
    counts.merge(event, count, Long::sum);
  }

  @Override
  public void onCertificate(Instant notAfter) {
    certificateEnd = notAfter;
  }

  long count(String event) {
    return counts.getOrDefault(event, 0L);
  }
}
