package io.forebay.source.collector;

import java.time.Duration;

/**
 * How long the listener waits for what.
 *
 * @param stall the pipeline takes nothing for so long: new windows are refused
 * @param settle a HealthCheck waits so long for events under way, so that fewer are sent again
 * @param predecessor a window waits so long for the one before it to appear
 * @param stopGrace windows that are complete may still be acknowledged and answered
 */
record Timing(Duration stall, Duration settle, Duration predecessor, Duration stopGrace) {
  static final Timing DEFAULT =
      new Timing(
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(10));
}
