package io.forebay.source.file;

import io.forebay.core.component.NodeListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one node remembers of its files, in memory and on disk. Belongs to the node's thread, {@link
 * #changed} apart.
 */
final class Cursors {

  private static final Logger LOG = LoggerFactory.getLogger(Cursors.class);

  private final @Nullable CursorFile file;
  private final KnownFiles known = new KnownFiles();
  private final Clock clock;
  private final NodeListener listener;
  private final NodeHealth health;
  private final long intervalNanos;
  private final AtomicBoolean changed = new AtomicBoolean(true);
  private long savedAtNanos;

  /**
   * @param file null when nothing is kept over a restart
   * @param intervalNanos time between two saves at least
   */
  Cursors(
      @Nullable CursorFile file,
      Clock clock,
      NodeListener listener,
      NodeHealth health,
      long intervalNanos) {
    this.file = file;
    this.clock = clock;
    this.listener = listener;
    this.health = health;
    this.intervalNanos = intervalNanos;
  }

  /**
   * Reads what the last run left. A damaged file is kept aside, and every file begins anew.
   *
   * @throws IOException when the file is there but cannot be read: starting without it would read
   *     everything again, or skip what start_at leaves out
   */
  void load() throws IOException {
    if (file == null) {
      return;
    }
    try {
      file.load().forEach(known::add);
      known.expire(clock.millis());
    } catch (CursorFile.DamagedException e) {
      Path aside = file.keepAside(clock.millis());
      listener.onEvent("cursor_damaged", 1);
      LOG.error(
          "the cursors in {} are damaged ({}); kept as {}, and every file begins at start_at",
          file.path(),
          e.getMessage(),
          aside);
    } catch (IOException e) {
      throw new IOException(
          "cannot read the cursors in "
              + file.path()
              + " ("
              + e
              + "); let the agent's user read it, or remove it to begin anew",
          e);
    }
  }

  /** Cursors of files that are not followed now. */
  KnownFiles known() {
    return known;
  }

  /** Something is to be saved. Any thread. */
  void changed() {
    changed.set(true);
  }

  /** Saves if something changed and the last save is long enough ago. */
  void saveIfDue(Collection<TailedFile> followed, long nowNanos) {
    if (changed.get() && nowNanos - savedAtNanos >= intervalNanos) {
      save(followed);
      savedAtNanos = System.nanoTime();
    }
  }

  /** Saves if something changed. */
  void save(Collection<TailedFile> followed) {
    if (!changed.getAndSet(false) || file == null) {
      return;
    }
    List<CursorEntry> entries = new ArrayList<>(known.entries());
    long nowMillis = clock.millis();
    for (TailedFile each : followed) {
      entries.add(each.cursor(nowMillis));
    }
    try {
      file.save(entries);
      health.solved("cursors");
    } catch (IOException e) {
      changed.set(true);
      listener.onEvent("cursor_save_failed", 1);
      health.problem(
          "cursors",
          "cannot save the cursors in "
              + file.path()
              + " ("
              + e
              + "); a restart would read lines again until this is mended");
    }
  }
}
