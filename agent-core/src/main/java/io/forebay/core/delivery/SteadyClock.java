package io.forebay.core.delivery;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * Begins with what another clock shows and goes on by the time that really passes: a clock that is
 * set by hours while records wait makes none of them older or younger. Safe from any thread.
 */
final class SteadyClock extends Clock {

  private final Clock wall;
  private final LongSupplier nanos;
  private final Instant begin;
  private final long beginNanos;

  /**
   * @param nanos never jumps
   */
  SteadyClock(Clock wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.begin = wall.instant();
    this.beginNanos = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return begin.plusNanos(nanos.getAsLong() - beginNanos);
  }

  @Override
  public ZoneId getZone() {
    return wall.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new SteadyClock(wall.withZone(zone), nanos);
  }
}
