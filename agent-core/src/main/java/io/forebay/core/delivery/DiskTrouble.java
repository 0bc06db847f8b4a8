package io.forebay.core.delivery;

import io.forebay.queue.DiskFullException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what is wrong with the disk of a queue, and that it is well again: in the log at once, and
 * then at most once a minute with a count, however often it fails. Changed on the loop only.
 */
final class DiskTrouble {

  private static final Logger log = LoggerFactory.getLogger(DiskTrouble.class);
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final String node;
  private final Path directory;
  private final LongSupplier nanos;
  private int failures;
  private int untold;
  private boolean told;
  private long lastLineAt;
  private boolean anyLine;
  private volatile @Nullable String text;

  DiskTrouble(String node, Path directory, LongSupplier nanos) {
    this.node = node;
    this.directory = directory;
    this.nanos = nanos;
  }

  /** What is wrong and what mends it, for people; null while nothing is. From any thread. */
  @Nullable String text() {
    return text;
  }

  void failed(String operation, Exception cause) {
    failures++;
    untold++;
    String now =
        "the queue in "
            + directory
            + " cannot "
            + operation
            + ": "
            + cause.getMessage()
            + "; "
            + mend(cause);
    text = now;
    if (anyLine && nanos.getAsLong() - lastLineAt < MINUTE_NANOS) {
      return;
    }
    if (told) {
      log.warn("{}: still failing, {} times more: {}", node, untold, now);
    } else {
      log.warn("{}: {}; what is not on disk is held in memory, and it is tried again", node, now);
    }
    told = true;
    anyLine = true;
    untold = 0;
    lastLineAt = nanos.getAsLong();
  }

  void well() {
    text = null;
    if (told) {
      log.info(
          "{}: the queue in {} works again, after {} failures of its disk",
          node,
          directory,
          failures);
      failures = 0;
      untold = 0;
    }
    told = false;
  }

  private static String mend(Exception cause) {
    if (DiskFullException.isCause(cause)) {
      return "make room on its file system";
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("removed") || cause instanceof NoSuchFileException
        ? "put the directory back, or make an empty one"
        : "look at the disk, or give the queue another path";
  }
}
