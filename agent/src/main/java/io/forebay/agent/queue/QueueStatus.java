package io.forebay.agent.queue;

import io.forebay.core.disk.MissedQueue;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a queue stands.
 *
 * @param state of the queue in a word
 * @param summary what its files tell; null when it is not there or cannot be read
 * @param holder the process that has it open; empty when none is seen
 * @param trouble why it cannot be read though it should; null when it can
 */
public record QueueStatus(
    QueueLocation location,
    State state,
    @Nullable QueueSummary summary,
    OptionalLong holder,
    @Nullable String trouble) {

  /** A queue's state in a word. */
  public enum State {
    /** Its directory is not there, or holds no queue: nothing ever went to disk. */
    ABSENT("not made"),
    /** There is none, though an agent had one there. */
    MISSING("missing"),
    EMPTY("empty"),
    BACKLOG("backlog"),
    /** There are records, and no node owns them. */
    ORPHANED("orphaned"),
    UNREADABLE("unreadable");

    private final String word;

    State(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /** Looks at the queue; never fails. */
  public static QueueStatus of(QueueLocation location) {
    try {
      if (!Files.readAttributes(location.directory(), BasicFileAttributes.class).isDirectory()) {
        throw new NotDirectoryException(location.directory().toString());
      }
      if (!QueueInspector.isQueue(location.directory())) {
        return absent(location);
      }
      QueueInspector inspector = new QueueInspector(location.directory());
      QueueSummary summary = inspector.summary();
      OptionalLong holder = inspector.holder();
      boolean orphaned = location.kind().isOrphan() && holder.isEmpty();
      State state =
          summary.records() == 0 ? State.EMPTY : orphaned ? State.ORPHANED : State.BACKLOG;
      return new QueueStatus(location, state, summary, holder, null);
    } catch (NoSuchFileException e) {
      return absent(location);
    } catch (IOException e) {
      return new QueueStatus(
          location,
          State.UNREADABLE,
          null,
          new QueueInspector(location.directory()).holder(),
          Sentences.of(e, location.directory()));
    }
  }

  /** What is to be known of it besides; null when there is nothing. */
  public @Nullable String note() {
    MissedQueue missed = location.missed();
    return missed == null || summary == null ? null : missed.note(location.node());
  }

  private static QueueStatus absent(QueueLocation location) {
    long opened = location.lastOpenedMillis();
    return opened == 0
        ? new QueueStatus(location, State.ABSENT, null, OptionalLong.empty(), null)
        : new QueueStatus(
            location,
            State.MISSING,
            null,
            OptionalLong.empty(),
            location.directory()
                + " holds no queue, though the agent that started at "
                + Instant.ofEpochMilli(opened).truncatedTo(ChronoUnit.SECONDS)
                + " had one there; mount its disk, or put back what was there: an agent that starts now begins an"
                + " empty one");
  }
}
