package io.forebay.agent.queue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Gives records that go from one queue to another the time at which they came into the first: their
 * age, by which {@code max_age} and {@code --since} go, is no younger for it.
 */
final class RecordClock extends Clock {

  private volatile long millis = System.currentTimeMillis();

  /** From now on. */
  void set(long appendedAtMillis) {
    millis = appendedAtMillis;
  }

  @Override
  public long millis() {
    return millis;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.fixed(instant(), zone);
  }
}
