package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Destination;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.CircuitBreaker;
import io.forebay.core.config.DestinationSettings.DeadLetterSettings;
import io.forebay.core.config.DestinationSettings.MemoryBuffer;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.FsyncPolicy;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.core.config.DestinationSettings.Resilience;
import io.forebay.core.config.DestinationSettings.RetrySettings;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One delivery in virtual time on one thread, with a scripted receiver and queues in memory. */
final class Harness {

  static final Path QUEUE = Path.of("queue");
  static final Path DEAD_LETTERS = Path.of("no-such-directory", "dead-letters");

  // What a test changes before start().
  Mode mode = Mode.ERROR;
  boolean withQueue = true;
  boolean strict;
  Integer workers;
  int batchSize;
  DataSize batchBytes = DataSize.parse("1MiB");
  Duration batchTimeout = Duration.ofMillis(100);
  Duration requestTimeout = Duration.ofSeconds(30);
  int memoryItems = 20_000;
  DataSize memoryBytes = DataSize.parse("16MiB");
  Duration initialBackoff = Duration.ofSeconds(1);
  Duration maxBackoff = Duration.ofSeconds(60);
  int isolateAfterAttempts = 10;
  CircuitBreaker breaker;
  int drainRateLimit;
  Overflow overflow = Overflow.DROP_NEWEST;
  DataSize maxQueueBytes = DataSize.parse("10MB");
  RandomGenerator random = new Random(42);
  Duration lag = Duration.ZERO;
  Duration maxAge;

  /** How far the clock on the wall is ahead; may be changed at any time. */
  Duration wallOffset = Duration.ZERO;

  final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  final ScriptedDestination destination = new ScriptedDestination();

  /** First bodies of the batches whose bytes a source may write over. */
  final Set<String> recycled = new HashSet<>();

  /** What the delivery sends to. */
  Destination target = destination;

  final FakeQueue queue;
  final FakeQueue deadLetters;
  final Recorder events = new Recorder();

  /** How the shares of the batches that were offered ended, by the first body of each. */
  final Map<String, Boolean> ended = new HashMap<>();

  /** Opens the queue in place of {@link #queue}. */
  QueueOpener realQueue;

  /** Opens the dead letters in place of {@link #deadLetters}. */
  QueueOpener realDeadLetters;

  int offers;
  Delivery delivery;
  private FluxSink<Batch> upstream;
  private Disposable accepting;
  private boolean stopped;

  Harness() {
    this(new FakeQueue(), new FakeQueue());
  }

  /** A later run on the same disks. */
  Harness(FakeQueue queue, FakeQueue deadLetters) {
    this.queue = queue;
    this.deadLetters = deadLetters;
  }

  Harness start() {
    delivery = Deliveries.create(options());
    delivery.start().subscribe(nothing -> {}, error -> fail(error));
    time.advanceTimeBy(lag);
    acceptAnother();
    return this;
  }

  /** Has the delivery take from a new upstream. */
  void acceptAnother() {
    accepting =
        delivery
            .accept(Flux.create(sink -> upstream = sink, FluxSink.OverflowStrategy.BUFFER))
            .subscribe();
    time.advanceTimeBy(lag);
  }

  private static void fail(Throwable error) {
    throw new AssertionError(error);
  }

  DeliveryOptions options() {
    return options(lag.isZero() ? time : new LaggingScheduler(time, lag));
  }

  DeliveryOptions options(Scheduler scheduler) {
    PersistentQueueSettings persistentQueue =
        withQueue
            ? new PersistentQueueSettings(
                QUEUE,
                mode,
                maxQueueBytes,
                drainRateLimit,
                strict,
                overflow,
                FsyncPolicy.ALWAYS,
                Duration.ofSeconds(1),
                maxAge,
                Compression.NONE,
                DataSize.parse("64MiB"))
            : null;
    DestinationSettings settings =
        new DestinationSettings(
            workers,
            batchSize,
            batchBytes,
            batchTimeout,
            requestTimeout,
            new MemoryBuffer(memoryItems, memoryBytes),
            new RetrySettings(initialBackoff, maxBackoff, isolateAfterAttempts),
            breaker == null ? null : new Resilience(breaker),
            persistentQueue,
            new DeadLetterSettings(DEAD_LETTERS, DataSize.parse("1MB")));
    return new DeliveryOptions(
        "out",
        settings,
        target,
        DataSize.parse("1MiB"),
        Duration.ofSeconds(5),
        DEAD_LETTERS,
        new VirtualClock(),
        random,
        scheduler,
        time,
        events,
        this::open);
  }

  private PersistentQueue open(QueueOptions options) throws IOException {
    if (!options.directory().equals(QUEUE)) {
      return realDeadLetters == null ? deadLetters.open(options) : realDeadLetters.open(options);
    }
    return realQueue == null ? queue.open(options) : realQueue.open(options);
  }

  void offer(String... bodies) {
    offer(false, bodies);
  }

  void offerAwaited(String... bodies) {
    offer(true, bodies);
  }

  private void offer(boolean awaited, String... bodies) {
    List<Item> items = new ArrayList<>();
    for (String body : bodies) {
      items.add(Item.log(1, ByteSlice.utf8(body), Map.of(), Map.of()));
    }
    Acknowledgement.Outcome outcome =
        safe -> {
          Boolean before = ended.put(bodies[0], safe);
          assertThat(before).as("%s ended twice", bodies[0]).isNull();
        };
    offers++;
    upstream.next(
        Batch.of(
            items,
            awaited
                ? Acknowledgement.awaited(outcome)
                : Acknowledgement.recycling(outcome, () -> recycled.add(bodies[0]))));
    if (lag.isZero()) {
      time.advanceTime();
      checkBooks();
    }
  }

  /** Upstream has nothing more. */
  void endInput() {
    upstream.complete();
    time.advanceTime();
  }

  void offer(Acknowledgement emptyBatch) {
    upstream.next(Batch.of(List.of(), emptyBatch));
    time.advanceTime();
  }

  /** Offers {@code count} items in one batch: {@code prefix0} and so on. */
  void offerMany(String prefix, int count) {
    offer(bodies(prefix, count));
  }

  static String[] bodies(String prefix, int count) {
    String[] bodies = new String[count];
    for (int i = 0; i < count; i++) {
      bodies[i] = prefix + i;
    }
    return bodies;
  }

  /** Lets time pass in small steps, checking the books at each. */
  void pass(Duration duration) {
    long step = Math.max(duration.toNanos() / 200, 1_000_000);
    long left = duration.toNanos();
    while (left > 0) {
      long part = Math.min(left, step);
      time.advanceTimeBy(Duration.ofNanos(part));
      left -= part;
      checkBooks();
    }
  }

  void checkBooks() {
    DeliverySnapshot s = delivery.snapshot();
    assertThat(s.deliveredItems() + s.deadLetteredItems() + s.droppedItems() + s.bufferedItems())
        .as("delivered + dead lettered + dropped + buffered of %s", s)
        .isEqualTo(s.receivedItems());
    assertThat(s.memoryItems()).as("in memory").isNotNegative();
    assertThat(s.memoryBytes()).as("in memory").isNotNegative();
    if (withQueue && realQueue == null && !stopped && lag.isZero()) {
      assertThat(s.queue().records()).as("on disk").isEqualTo(queue.size());
    }
  }

  /** Stops and gives back whether it ended within the time. */
  boolean stop(Duration grace) {
    boolean[] done = {false};
    stopped = true;
    accepting.dispose();
    delivery.stop(grace).subscribe(nothing -> {}, Harness::fail, () -> done[0] = true);
    time.advanceTime();
    for (int i = 0; i < 100 && !done[0]; i++) {
      time.advanceTimeBy(grace.plusSeconds(3).dividedBy(100));
    }
    return done[0];
  }

  DeliverySnapshot snapshot() {
    return delivery.snapshot();
  }

  DeliveryState state() {
    return delivery.snapshot().state();
  }

  /** What was told to the listener. */
  static final class Recorder implements DeliveryListener {
    final List<String> transitions = new ArrayList<>();
    final Map<String, Long> dropped = new HashMap<>();
    long deadLettered;

    @Override
    public void onTransition(DeliveryState from, DeliveryState to, String why) {
      transitions.add(from + ">" + to);
    }

    @Override
    public void onDropped(String reason, long items, long bytes) {
      dropped.merge(reason, items, Long::sum);
    }

    @Override
    public void onDeadLettered(long items, long bytes) {
      deadLettered += items;
    }
  }

  private final class VirtualClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(1_800_000_000_000L + time.now(TimeUnit.MILLISECONDS))
          .plus(wallOffset);
    }
  }
}
