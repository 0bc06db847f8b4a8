package io.forebay.core.runtime;

import io.forebay.core.delivery.Deliveries;
import io.forebay.core.delivery.Delivery;
import io.forebay.core.delivery.DeliveryOptions;
import io.forebay.core.disk.DiskInventory;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The surroundings of a pipeline.
 *
 * @param dataDirectory for cursors and dead letters; may not exist yet
 * @param registry where meters are bound, and taken out of when the pipeline stops
 * @param clock for timestamps that people read and for the ages of records; never for waiting
 * @param random for jitter; thread safe
 * @param stalledAfter a destination with a backlog that settles no item for this long counts as
 *     stalled
 * @param deliveries makes the delivery of each destination
 * @param inventory of what the agent has on disk
 */
record PipelineOptions(
    Path dataDirectory,
    MeterRegistry registry,
    Clock clock,
    RandomGenerator random,
    Duration stalledAfter,
    Function<DeliveryOptions, Delivery> deliveries,
    DiskInventory inventory) {

  private static final Duration STALLED_AFTER = Duration.ofSeconds(30);

  /** The real ones. */
  static PipelineOptions of(Path dataDirectory, MeterRegistry registry, DiskInventory inventory) {
    return new PipelineOptions(
        dataDirectory,
        registry,
        Clock.systemUTC(),
        new Random(),
        STALLED_AFTER,
        Deliveries::create,
        inventory);
  }
}
