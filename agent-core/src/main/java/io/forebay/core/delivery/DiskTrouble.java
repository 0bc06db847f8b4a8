package io.forebay.core.delivery;

import io.forebay.queue.DiskException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what is wrong with the disk of a queue, in one sentence for log, health and status, and that
 * it is well again: in the log at once, and then for each kind of trouble at most once a minute
 * with a count, however often it fails. Changed on the loop only.
 */
final class DiskTrouble {

  private static final Logger log = LoggerFactory.getLogger(DiskTrouble.class);
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final String node;
  private final String queue;
  private final String meanwhile;
  private final Path directory;
  private final LongSupplier nanos;
  private int failures;
  private int untold;
  private boolean told;
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
    failures++;
    untold++;
    DiskException failure = DiskException.of(cause);
    String now =
        "the " + queue + " in " + directory + " cannot " + operation + ": " + failure.getMessage();
    text = now;
    long time = nanos.getAsLong();
    Long last = lineAt.get(failure.kind());
    if (last != null && time - last < MINUTE_NANOS) {
      return;
    }
    if (told && last != null) {
      log.warn("{}: still failing, {} times more: {}", node, untold, now);
    } else {
      log.warn("{}: {}; {}", node, now, meanwhile);
    }
    told = true;
    untold = 0;
    lineAt.put(failure.kind(), time);
  }

  void well() {
    text = null;
    if (told) {
      log.info(
          "{}: the {} in {} works again, after {} failures of its disk",
          node,
          queue,
          directory,
          failures);
      failures = 0;
      untold = 0;
    }
    told = false;
  }
}
