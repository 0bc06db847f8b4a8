package io.forebay.core.delivery;

import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.queue.DropReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** The parts of one delivery, made and tied together; what they do together is the loop's. */
final class DeliveryParts {

  private static final Logger log = LoggerFactory.getLogger(DeliveryParts.class);

  /** Trying a disk costs nobody anything, and sources wait for it. */
  private static final long MAX_DISK_BACKOFF_NANOS = Duration.ofSeconds(5).toNanos();

  final MemoryGauge gauge;
  final Ledger ledger = new Ledger();
  final SmoothedRate drainRate = new SmoothedRate();
  final StateTracker states;
  final QueueGateway queue;
  final DeadLetters deadLetters;

  final String node;
  final Limits limits;
  final Scheduler scheduler;
  final Scheduler.Worker disk;
  final Path deadLetterDirectory;
  final Flux<String> wakeUps;
  final Health health;
  final RandomGenerator random;
  final Numbers numbers;
  final SliceBuffer direct = new SliceBuffer();
  final RetryList retries;
  final Isolation isolation;
  private final PoisonLog burials;
  final Blockage blockage;
  final Settlement settlement;
  final Spill spill;
  final Backlog backlog;
  final DiskTrouble diskTrouble;
  final DiskTrouble deadLetterTrouble;
  final FullDisk fullDisk;
  final Sender sender;
  final Dispatch dispatch;
  final Shutdown shutdown;

  /**
   * @param mailbox on whose thread the parts live
   * @param events told of what happens in the queue
   * @param whenClosed runs when an orderly stop has ended
   */
  DeliveryParts(
      DeliveryOptions options, Mailbox mailbox, QueueGateway.Events events, Runnable whenClosed) {
    this.node = options.nodeName();
    this.limits = Limits.of(options);
    this.scheduler = options.scheduler();
    this.disk = options.diskScheduler().createWorker();

    this.gauge =
        new MemoryGauge(
            limits.memoryItems(), limits.memoryBytes(), limits.mode() == Mode.BACKPRESSURE);
    this.states = new StateTracker(node, options.listener(), options.clock());
    Backoff backoff =
        new Backoff(limits.initialBackoffNanos(), limits.maxBackoffNanos(), options.random());
    Backoff diskBackoff =
        new Backoff(
            Math.min(limits.initialBackoffNanos(), MAX_DISK_BACKOFF_NANOS),
            Math.min(limits.maxBackoffNanos(), MAX_DISK_BACKOFF_NANOS),
            options.random());
    this.health = new Health(limits, backoff);
    this.queue =
        new QueueGateway(
            QueueSettings.ofQueue(options),
            options.queues(),
            disk,
            mailbox,
            options.listener(),
            events);
    this.random = options.random();
    // One that nobody has looked at yet stands for those that follow it; no error ends a delivery.
    this.wakeUps =
        options.destination().wakeUps().onBackpressureLatest().onErrorResume(e -> Flux.empty());
    this.numbers = new Numbers(node, limits.numbered(), queue, backoff, this::now);
    this.retries = new RetryList(limits.numbered());
    this.settlement = new Settlement(ledger, gauge, options.listener(), options.clock());
    this.backlog = new Backlog(queue, limits.mode() == Mode.ALWAYS, limits, diskBackoff, this::now);
    this.spill =
        new Spill(
            queue,
            settlement,
            diskBackoff,
            this::now,
            limits.maxAppendBytes(),
            numbers,
            backlog::onStored);
    PersistentQueueSettings queueSettings = options.settings().persistentQueue();
    this.diskTrouble =
        DiskTrouble.ofQueue(
            node, queueSettings == null ? Path.of("") : queueSettings.path(), this::now);
    this.fullDisk =
        new FullDisk(
            queueSettings == null ? null : queueSettings.overflow(), spill, gauge, settlement);
    this.deadLetterDirectory = QueueSettings.ofDeadLetters(options).directory();
    this.deadLetterTrouble = DiskTrouble.ofDeadLetters(node, deadLetterDirectory, this::now);
    this.deadLetters =
        new DeadLetters(
            node,
            new QueueGateway(
                QueueSettings.ofDeadLetters(options),
                options.queues(),
                disk,
                mailbox,
                DeliveryListener.NONE,
                new DeadLetterEvents(deadLetterTrouble)),
            deadLetterTrouble,
            settlement,
            backoff,
            this::now,
            options.clock());
    this.burials = new PoisonLog(node);
    this.isolation = new Isolation(node, limits, retries, deadLetters, burials);
    this.blockage = new Blockage(node, limits, ledger);
    BatchBounds bounds = new BatchBounds(limits.batchItems(), limits.batchBytes());
    Outcomes outcomes =
        new Outcomes(
            limits,
            health,
            bounds,
            backoff,
            retries,
            isolation,
            blockage,
            spill,
            deadLetters,
            settlement,
            drainRate,
            options.listener(),
            this::now);
    this.sender =
        new Sender(options.destination(), limits.requestTimeout(), scheduler, mailbox, outcomes);
    this.dispatch =
        new Dispatch(
            limits,
            health,
            bounds,
            new DrainLimiter(limits.drainItemsPerSecond(), now()),
            sender,
            direct,
            gauge,
            spill,
            backlog,
            retries,
            deadLetters,
            ledger,
            numbers);
    this.shutdown =
        new Shutdown(
            node,
            limits,
            health,
            sender,
            direct,
            spill,
            retries,
            deadLetters,
            settlement,
            queue,
            numbers,
            options.destination(),
            scheduler,
            mailbox,
            whenClosed);
  }

  long now() {
    return scheduler.now(TimeUnit.NANOSECONDS);
  }

  /** What is wrong, for people; null when nothing is. On the loop only. */
  @Nullable String why() {
    String failure = health.why();
    String why = blockage.why();
    why = why == null && failure != null ? isolation.doubting(failure) : why;
    why = why == null ? isolation.why(sender.aside()) : why;
    why = why == null ? told(spill.why(), diskTrouble) : why;
    why = why == null ? told(backlog.why(), diskTrouble) : why;
    return why == null ? told(deadLetters.why(), deadLetterTrouble) : why;
  }

  /** When to call again, by the scheduler's clock. On the loop only. */
  long pumpTroubles(long now) {
    long wakeAt = Math.min(diskTrouble.pump(now), deadLetterTrouble.pump(now));
    return Math.min(wakeAt, burials.pump(now));
  }

  /** The same words everywhere, where it is the disk. */
  private static @Nullable String told(@Nullable String why, DiskTrouble trouble) {
    String text = trouble.text();
    return why == null || text == null ? why : text;
  }

  DeliverySnapshot.HeldBack heldBack() {
    return limits.strict()
        ? blockage.heldBack()
        : isolation.heldBack(sender.aside(), ledger.queuedItems() + ledger.memoryItems());
  }

  /** Whether there is a backlog that goes out; what is set aside does not. */
  boolean drains() {
    if (limits.mode() == Mode.ALWAYS) {
      return dispatch.drains();
    }
    long stays = isolation.heldOnDisk(sender.aside()) + deadLetters.unwritten();
    return ledger.queuedItems() > stays || !spill.isIdle();
  }

  /** Where the items are that are neither delivered nor given up, for people. On the loop only. */
  String whereabouts() {
    long held = isolation.heldOnDisk(sender.aside());
    Parcel aside = sender.aside();
    long underWay = sender.leasedInFlight() - (aside == null ? 0 : aside.items());
    return (ledger.memoryItems() == 1 ? "1 item" : ledger.memoryItems() + " items")
        + " in memory, "
        + ledger.queuedItems()
        + " on disk"
        + (underWay > 0 ? ", " + underWay + " of them under way" : "")
        + (held > 0 ? ", " + held + " of them held back" : "");
  }

  private record DeadLetterEvents(DiskTrouble trouble) implements QueueGateway.Events {
    @Override
    public void onReady() {}

    @Override
    public void onDiskFailed(String operation, Exception cause) {
      trouble.failed(operation, cause);
    }

    @Override
    public void onDiskWell() {
      trouble.well();
    }

    @Override
    public void onDropped(DropReason reason, long records, long bytes) {
      // Dead letters that make room for newer ones were counted when they were written.
      log.debug("{} dead letters left: {}", records, reason);
    }
  }
}
