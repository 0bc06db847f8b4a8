package io.forebay.agent.queue;

import io.forebay.core.disk.MissedQueue;
import io.forebay.queue.QueueOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A queue that a command can work on.
 *
 * @param kind whose it is
 * @param node the destination that owns it, or owned it once; empty for a directory that was named,
 *     or found
 * @param directory where it lies; may not exist
 * @param options how its node opens it; null when no pipeline file tells
 * @param lastOpenedMillis when an agent last opened it, milliseconds since the epoch, so that it
 *     must be there; 0 when nobody knows
 * @param missed the queue in whose place it is; null where none was missed
 */
public record QueueLocation(
    Kind kind,
    String node,
    Path directory,
    @Nullable QueueOptions options,
    long lastOpenedMillis,
    @Nullable MissedQueue missed) {

  public QueueLocation(Kind kind, String node, Path directory, @Nullable QueueOptions options) {
    this(kind, node, directory, options, 0, null);
  }

  /** Whose a queue is. */
  public enum Kind {
    /** Of a destination: what is still to be delivered. */
    QUEUE("queue"),
    /** Of a destination: what the receiver will never take. */
    DEAD_LETTERS("dead letters"),
    /** Named by its directory. */
    DIRECTORY("directory"),
    /** Found, and no node of the pipeline file owns it. */
    ORPHAN("orphan"),
    /** The same, of dead letters. */
    ORPHANED_LETTERS("orphan, dead letters");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }

    /** Whether no node of the pipeline file owns it. */
    public boolean isOrphan() {
      return this == ORPHAN || this == ORPHANED_LETTERS;
    }
  }

  /** A queue that is named by its directory. */
  public static QueueLocation directory(Path directory) {
    return new QueueLocation(Kind.DIRECTORY, "", directory.toAbsolutePath().normalize(), null);
  }

  /** How messages call it. */
  public String title() {
    return switch (kind) {
      case QUEUE -> node;
      case DEAD_LETTERS -> node + " (dead letters)";
      case DIRECTORY, ORPHAN, ORPHANED_LETTERS -> directory.toString();
    };
  }
}
