package io.forebay.core.delivery;

import io.forebay.core.component.Destination;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;
import reactor.core.scheduler.Scheduler;

/**
 * What one destination's delivery is made of.
 *
 * @param nodeName the destination's name in the pipeline file
 * @param settings the keys that every destination has
 * @param destination sends the batches; closed by the delivery when it stops
 * @param defaultBatchBytes bound on a batch where {@code batch_bytes} is missing
 * @param defaultBatchTimeout time that an incomplete batch waits where {@code batch_timeout} is
 *     missing
 * @param deadLetterDirectory where dead letters go when {@code dead_letters.path} is missing; made
 *     when the first is written
 * @param clock for timestamps that people read, and where the queue's ages begin; never for waiting
 * @param random for jitter; used on the delivery's own thread only
 * @param scheduler gives the delivery its one thread, which never blocks, and all its timers; its
 *     time must not jump
 * @param diskScheduler gives the one thread on which the queue is opened, read and closed; it
 *     blocks on the disk
 * @param listener told of what happens
 * @param queues opens the queue and the dead letters
 */
public record DeliveryOptions(
    String nodeName,
    DestinationSettings settings,
    Destination destination,
    DataSize defaultBatchBytes,
    Duration defaultBatchTimeout,
    Path deadLetterDirectory,
    Clock clock,
    RandomGenerator random,
    Scheduler scheduler,
    Scheduler diskScheduler,
    DeliveryListener listener,
    QueueOpener queues) {}
