package io.forebay.core.delivery;

import io.forebay.queue.DiskException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what is wrong with the disk of a queue, in one sentence for log, health and status, and that
 * it is well again. The log is told when each trouble begins and ends, and meanwhile at most once a
 * minute with a count; of one that comes and goes more often than {@value #TOLD_A_MINUTE} times a
 * minute, once a minute how often. Changed on the loop only.
 */
final class DiskTrouble {

  private static final Logger log = LoggerFactory.getLogger(DiskTrouble.class);
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int TOLD_A_MINUTE = 5;

  private final String node;
  private final String queue;
  private final String meanwhile;
  private final Path directory;
  private final LongSupplier nanos;

  /** When the last troubles began, the oldest first. */
  private final Deque<Long> begun = new ArrayDeque<>(TOLD_A_MINUTE);

  private boolean failing;
  private boolean quiet;
  private int failures;
  private int untold;

  /** Troubles that began and were not told of, what the last was, and when to tell. */
  private int hidden;

  private String lastHidden = "";
  private long tellHiddenAt;

  private final Map<DiskException.Kind, Long> lineAt = new EnumMap<>(DiskException.Kind.class);
  private volatile @Nullable String text;

  private DiskTrouble(
      String node, String queue, String meanwhile, Path directory, LongSupplier nanos) {
    this.node = node;
    this.queue = queue;
    this.meanwhile = meanwhile;
    this.directory = directory;
    this.nanos = nanos;
  }

  /** Of the queue of what is still to be delivered. */
  static DiskTrouble ofQueue(String node, Path directory, LongSupplier nanos) {
    String meanwhile = "what is not on disk is held in memory, and it is tried again";
    return new DiskTrouble(node, "queue", meanwhile, directory, nanos);
  }

  /** Of the queue of what the receiver will never take. */
  static DiskTrouble ofDeadLetters(String node, Path directory, LongSupplier nanos) {
    String meanwhile = "rejected items are held in memory, and it is tried again";
    return new DiskTrouble(node, "queue of dead letters", meanwhile, directory, nanos);
  }

  /** What is wrong and what mends it, for people; null while nothing is. From any thread. */
  @Nullable String text() {
    return text;
  }

  void failed(String operation, Exception cause) {
    long time = nanos.getAsLong();
    if (!failing) {
      begin(time);
    }
    failures++;
    untold++;
    DiskException failure = DiskException.of(cause);
    String now =
        "the " + queue + " in " + directory + " cannot " + operation + ": " + failure.getMessage();
    text = now;
    if (quiet) {
      lastHidden = now;
      return;
    }
    Long last = lineAt.get(failure.kind());
    if (last != null && time - last < MINUTE_NANOS) {
      return;
    }
    if (last != null) {
      log.warn("{}: still failing, {} times more: {}", node, untold, now);
    } else {
      log.warn("{}: {}; {}", node, now, meanwhile);
    }
    untold = 0;
    lineAt.put(failure.kind(), time);
  }

  private void begin(long time) {
    failing = true;
    failures = 0;
    untold = 0;
    lineAt.clear();
    Long fifth = begun.size() < TOLD_A_MINUTE ? null : begun.removeFirst();
    begun.addLast(time);
    quiet = fifth != null && time - fifth < MINUTE_NANOS;
    if (quiet && hidden++ == 0) {
      tellHiddenAt = time + MINUTE_NANOS;
    }
  }

  /**
   * Tells of what came and went too often to be told of each time.
   *
   * @return when to call again, by the scheduler's clock
   */
  long pump(long now) {
    if (hidden == 0 || now < tellHiddenAt) {
      return hidden == 0 ? Mailbox.NEVER : tellHiddenAt;
    }
    log.warn(
        "{}: failed {} times more in the last minute, and {} now; the last: {}",
        node,
        hidden,
        failing ? "fails" : "works",
        lastHidden);
    hidden = 0;
    quiet = false; // told of now, and so its end will be
    return Mailbox.NEVER;
  }

  void well() {
    text = null;
    if (failing && !quiet) {
      log.info(
          "{}: the {} in {} works again, after {} failures of its disk",
          node,
          queue,
          directory,
          failures);
    }
    failing = false;
  }
}
