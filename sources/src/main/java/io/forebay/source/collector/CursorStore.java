package io.forebay.source.collector;

import io.forebay.core.component.NodeListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cursors of all agents, in memory and in a journal on disk. A thread of its own writes: it
 * collects what is to be saved, writes and syncs once, and then tells everybody who waits. What
 * waits is bounded by those who save: each has one cursor on the way at a time.
 *
 * <p>A write or sync that failed is final for its file: the journal is written anew, as a whole,
 * until that succeeds; meanwhile nothing is called durable. Thread safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a timer.
final class CursorStore {

  private static final Logger log = LoggerFactory.getLogger(CursorStore.class);

  private static final long SMALLEST_COMPACTION_BYTES = 4 << 20;
  private static final long RETRY_MILLIS = 1000;
  private static final long CLOSE_SECONDS = 10;

  /** Hears on the store's thread how a save ended; must be quick. */
  @FunctionalInterface
  interface Outcome {
    /**
     * @param failure null when the cursor is durable, else why not
     */
    void ended(@Nullable String failure);
  }

  private record Save(CursorRecord record, Outcome outcome) {}

  private final JournalDisk disk;
  private final CursorIndex index;
  private final String nodeName;
  private final NodeListener listener;
  private final ScheduledThreadPoolExecutor thread;
  private final Object lock = new Object();
  private List<Save> waiting = new ArrayList<>();
  private volatile @Nullable String failure;
  private long evicted;
  // Of the thread: null after a failure.
  private JournalDisk.@Nullable Tail tail;
  private long journalBytes;
  private boolean retrying;

  private CursorStore(JournalDisk disk, CursorIndex index, String nodeName, NodeListener listener) {
    this.disk = disk;
    this.index = index;
    this.nodeName = nodeName;
    this.listener = listener;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, nodeName + "-cursors");
              made.setDaemon(true);
              return made;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Reads the journal and writes it anew, without what is outdated or torn. Blocks.
   *
   * @throws IOException when it cannot be read or written: to begin without it would take events
   *     twice
   */
  static CursorStore open(
      JournalDisk disk, int maxAgents, String nodeName, Clock clock, NodeListener listener)
      throws IOException {
    CursorIndex index = new CursorIndex(maxAgents);
    CursorStore store = new CursorStore(disk, index, nodeName, listener);
    try {
      CursorRecord.Reading reading = CursorRecord.readAll(disk.read(), store::put);
      if (reading.damages() > 0) {
        Path copy = disk.keepCopy(clock.millis());
        listener.onEvent("cursor_damaged", reading.damages());
        log.error(
            "{}: {} is damaged in {} places; a copy is kept as {}. Agents whose cursor was there may"
                + " send some events again, which are then taken twice",
            nodeName,
            disk.path(),
            reading.damages(),
            copy);
      }
      store.compact(List.of());
    } catch (IOException e) {
      store.thread.shutdownNow();
      throw new IOException(
          nodeName
              + ": cannot open the cursors in "
              + disk.path()
              + " ("
              + e
              + "); let the agent's user read and write it",
          e);
    }
    log.debug("{}: opened the cursors of {} agents", nodeName, index.agentCount());
    return store;
  }

  /** The durable cursor. */
  OptionalLong find(String agentId, long epoch) {
    return index.find(agentId, epoch);
  }

  /** Why nothing can be made durable at the moment, or null when it can. */
  @Nullable String failure() {
    return failure;
  }

  /** Makes a cursor durable, and then says so. */
  void save(CursorRecord record, Outcome outcome) {
    boolean first;
    synchronized (lock) {
      first = waiting.isEmpty();
      waiting.add(new Save(record, outcome));
    }
    if (first) {
      try {
        thread.execute(this::saveWaiting);
      } catch (RejectedExecutionException e) {
        takeWaiting().forEach(save -> save.outcome.ended("the receiver is stopping"));
      }
    }
  }

  /** Saves what waits, and closes the journal. Blocks, for ten seconds at most. */
  void close() {
    thread.shutdown();
    try {
      if (thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        closeTail();
      } else {
        log.warn("{}: the disk does not take the cursors; agents may send again", nodeName);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(CursorRecord record) {
    String forgotten = index.put(record.agentId(), record.epoch(), record.cursor());
    if (forgotten == null) {
      return;
    }
    listener.onEvent("cursor_evicted", 1);
    // Doubling gaps: many new agents must not become many log lines.
    if (Long.bitCount(++evicted) == 1) {
      log.warn(
          "{}: forgot the cursor of {} because of max_agents ({} so far); if it comes back, it may"
              + " send some events again, which are then taken twice",
          nodeName,
          forgotten,
          evicted);
    }
  }

  private List<Save> takeWaiting() {
    synchronized (lock) {
      List<Save> taken = waiting;
      waiting = new ArrayList<>();
      return taken;
    }
  }

  private void saveAgain() {
    retrying = false;
    saveWaiting();
  }

  private void saveWaiting() {
    List<Save> saves = takeWaiting();
    if (saves.isEmpty() && tail != null) {
      return;
    }
    try {
      write(saves);
    } catch (IOException e) {
      failed(saves, e);
      return;
    }
    for (Save save : saves) {
      put(save.record);
    }
    if (failure != null) {
      failure = null;
      listener.onHealthy();
      log.info("{}: the cursors can be saved again", nodeName);
    }
    for (Save save : saves) {
      save.outcome.ended(null);
    }
  }

  private void write(List<Save> saves) throws IOException {
    int bytes = saves.stream().mapToInt(save -> save.record.encodedBytes()).sum();
    JournalDisk.Tail open = tail;
    long bound = Math.max(SMALLEST_COMPACTION_BYTES, 3 * index.recordBytes());
    if (open == null || journalBytes + bytes > bound) {
      compact(saves);
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    saves.forEach(save -> save.record.encode(buffer));
    open.append(buffer.flip());
    journalBytes += bytes;
  }

  private void compact(List<Save> saves) throws IOException {
    closeTail();
    long bytes =
        index.recordBytes() + saves.stream().mapToLong(save -> save.record.encodedBytes()).sum();
    ByteBuffer journal = CursorRecord.journal(Math.toIntExact(bytes));
    index.forEach(record -> record.encode(journal));
    saves.forEach(save -> save.record.encode(journal));
    journalBytes = journal.position();
    tail = disk.replace(journal.flip());
  }

  private void failed(List<Save> saves, IOException e) {
    closeTail();
    String why =
        nodeName
            + " cannot save the agents' cursors in "
            + disk.path()
            + " ("
            + e
            + "); no window is answered until this is mended";
    listener.onEvent("cursor_save_failed", 1);
    if (failure == null) {
      log.error(why);
    }
    failure = why;
    listener.onUnhealthy(why);
    for (Save save : saves) {
      save.outcome.ended("the receiver cannot make its cursor durable");
    }
    if (retrying) {
      return;
    }
    try {
      thread.schedule(this::saveAgain, RETRY_MILLIS, TimeUnit.MILLISECONDS);
      retrying = true;
    } catch (RejectedExecutionException stopping) {
      log.debug("{}: no further attempt to save", nodeName, stopping);
    }
  }

  private void closeTail() {
    JournalDisk.Tail open = tail;
    tail = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.debug("{}: closing {}", nodeName, disk.path(), e);
      }
    }
  }
}
