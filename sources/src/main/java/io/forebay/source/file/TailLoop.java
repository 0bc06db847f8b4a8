package io.forebay.source.file;

import io.forebay.core.component.ComponentContext;
import io.forebay.source.line.ChunkPool;
import io.forebay.source.worker.Emitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One run of the node, from a subscription until after its last acknowledgement: search, give every
 * file a turn, save the cursors, again. After a cancel it reads no more, but hears the
 * acknowledgements that are still out and saves what they move.
 */
final class TailLoop {

  // As many bytes as a destination holds in memory by default.
  private static final int MAX_IDLE_CHUNKS = 32;

  private static final long MIN_SEARCH_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final FileInputConfig config;
  private final ComponentContext context;
  private final Emitter out;
  private final InFlight inFlight;
  private final Map<String, TailedFile> followed = new LinkedHashMap<>();
  private final PathWatch paths = new PathWatch();
  private final OpenFiles openFiles;
  private final NodeHealth health;
  private final Cursors cursors;
  private final FileDiscovery discovery;
  private final TailReader reader;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean finishing;
  private List<TailedFile> turns = List.of();
  private int nextTurn;

  TailLoop(FileInputConfig config, ComponentContext context, Emitter out) {
    this.config = config;
    this.context = context;
    this.out = out;
    this.openFiles = new OpenFiles(config.maxOpenFiles());
    this.health = new NodeHealth(context.listener());
    this.cursors =
        new Cursors(
            config.enablePersistingCursor()
                ? new CursorFile(context.dataDirectory(), context.nodeName())
                : null,
            context.clock(),
            context.listener(),
            health,
            config.cursorFlushInterval().toNanos());
    ChunkPool pool = new ChunkPool(ChunkReader.CHUNK_BYTES, MAX_IDLE_CHUNKS);
    this.inFlight =
        new InFlight(
            out, cursors, context.listener(), config.maxUnacknowledgedSize().bytes(), pool);
    this.discovery =
        new FileDiscovery(config, followed, cursors, openFiles, health, context.listener());
    this.reader =
        new TailReader(
            config,
            new ChunkReader(scanner(config), pool),
            paths,
            openFiles,
            cursors,
            inFlight,
            health,
            context.listener(),
            context.clock());
  }

  private static ItemScanner scanner(FileInputConfig config) {
    int maxLineBytes = (int) config.maxLineSize().bytes();
    @Nullable Pattern firstLine = config.linePattern();
    return firstLine == null
        ? new LineScanner(maxLineBytes)
        : new MultilineScanner(
            firstLine,
            config.multilineMaxSize(),
            (int) config.multilineMaxByteSize().bytes(),
            maxLineBytes);
  }

  /** Runs until cancelled and settled, or {@linkplain #finish told to end}. */
  void run() throws IOException {
    try {
      cursors.load();
      follow();
      openFiles.closeAll();
      while (!finishing && !inFlight.isEmpty()) {
        cursors.saveIfDue(followed.values(), System.nanoTime());
        out.pause(config.cursorFlushInterval().toNanos());
      }
      cursors.save(followed.values());
    } finally {
      openFiles.closeAll();
      ended.countDown();
    }
  }

  /**
   * Ends the run without waiting for acknowledgements that are still out, after what was
   * acknowledged is saved. The subscription must be cancelled. Blocks until then.
   */
  void finish() throws InterruptedException {
    finishing = true;
    out.wake();
    ended.await();
  }

  private void follow() {
    long searchGapNanos = config.discoveryInterval().toNanos();
    long soonNanos = Math.min(searchGapNanos, MIN_SEARCH_GAP_NANOS);
    long searchedAt = System.nanoTime() - searchGapNanos;
    while (!out.isCancelled()) {
      long now = System.nanoTime();
      long sinceSearch = now - searchedAt;
      if (sinceSearch >= searchGapNanos || (sinceSearch >= soonNanos && paths.takeDisplaced())) {
        discovery.search(now);
        leave(now);
        turns = new ArrayList<>(followed.values());
        searchedAt = System.nanoTime();
      }
      boolean busy = round(now);
      cursors.saveIfDue(followed.values(), now);
      health.report();
      if (!busy) {
        out.pause(config.pollInterval().toNanos());
      }
    }
  }

  /** Gives every file a turn, as long as there is demand; goes on there the next time. */
  private boolean round(long nowNanos) {
    boolean busy = false;
    inFlight.beginRound();
    for (int i = 0; i < turns.size(); i++) {
      if (out.demand() == 0 || out.isCancelled()) {
        turns.forEach(file -> paths.watch(file, nowNanos));
        return false;
      }
      nextTurn = (nextTurn + 1) % turns.size();
      busy |= reader.turn(turns.get(nextTurn), nowNanos);
    }
    return busy;
  }

  /** Lets go of files that have left and are read and acknowledged to their end. */
  private void leave(long nowNanos) {
    followed.values().removeIf(file -> isOver(file, nowNanos) && forget(file));
  }

  private boolean isOver(TailedFile file, long nowNanos) {
    boolean readToEnd =
        file.isCaughtUp()
            && !file.hasIncomplete()
            && nowNanos - file.changedAtNanos >= config.rotateWait().toNanos();
    return file.leaving && file.isSettled() && (readToEnd || (file.gone && !file.isOpen()));
  }

  private boolean forget(TailedFile file) {
    openFiles.close(file);
    health.solved(file.key());
    Path directory = file.path().getParent();
    boolean deleted = file.gone && directory != null && Files.isDirectory(directory);
    if (!deleted) {
      // It may come back: the directory is away, or another name leads to it.
      cursors.known().add(file.cursor(context.clock().millis()));
    }
    cursors.changed();
    return true;
  }
}
