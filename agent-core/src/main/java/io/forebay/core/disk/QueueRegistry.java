package io.forebay.core.disk;

import io.forebay.queue.QueueInspector;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Which queues the agent ever opened, wherever they lie: a line of JSON each, in {@value #NAME} of
 * the data directory. A hint only: what is torn is left out, and without the file queues outside of
 * the data directory are found no more once no node names them. Blocks on the disk.
 */
public final class QueueRegistry {

  /** Name of the file in the data directory. */
  public static final String NAME = "queues.ndjson";

  private static final Logger log = LoggerFactory.getLogger(QueueRegistry.class);
  private static final int MAX_ENTRIES = 1_000;
  private static final long MAX_FILE_BYTES = 8 << 20;

  /**
   * A directory that is not there may lie on a disk that is not mounted; for so long it is kept.
   */
  private static final long MISSING_MILLIS = Duration.ofDays(30).toMillis();

  /** Files may be dated a little before the clock. */
  private static final long CLOCK_GRAIN_MILLIS = 1_000;

  private final Path dataDirectory;

  /**
   * A queue that was opened.
   *
   * @param openedMillis when it was last, milliseconds since the epoch
   * @param seen whether it was ever there; an agent may have failed before it made it
   * @param missed the queue in whose place it is; null where none was missed
   */
  public record Entry(
      OwnedQueue.Kind kind,
      String node,
      String type,
      Path directory,
      long openedMillis,
      boolean seen,
      @Nullable MissedQueue missed) {

    private Entry whenSeen() {
      return new Entry(kind, node, type, directory, openedMillis, true, missed);
    }

    private Entry whenSettled() {
      return new Entry(kind, node, type, directory, openedMillis, seen, null);
    }
  }

  public QueueRegistry(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
  }

  /** Whether an agent has written one in the data directory. */
  public static boolean isIn(Path dataDirectory) {
    return Files.exists(dataDirectory.resolve(NAME));
  }

  /** All entries that can be read; none where there is no file. */
  public List<Entry> read() {
    Path file = dataDirectory.resolve(NAME);
    List<Entry> entries = new ArrayList<>();
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        return entries; // none of ours
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      text.lines().limit(2L * MAX_ENTRIES).forEach(line -> add(line, entries));
    } catch (NoSuchFileException e) {
      log.debug("no queues are known in {} yet", dataDirectory);
    } catch (IOException e) {
      log.debug("cannot read {}", file, e);
    }
    return entries;
  }

  private static void add(String line, List<Entry> entries) {
    try {
      Entry entry = RegistryLine.read(line);
      if (entry != null && entry.directory().isAbsolute()) {
        entries.add(entry);
      }
    } catch (JacksonException | InvalidPathException e) {
      log.debug("a line of {} cannot be read", NAME, e);
    }
  }

  /**
   * Adds the queues of a pipeline, before they are opened, and forgets those that are gone. A
   * failure is logged only.
   *
   * @return the entries of the pipeline's queues
   */
  List<Entry> update(Collection<OwnedQueue> owned, long nowMillis) {
    Map<Path, Entry> before = new HashMap<>();
    Map<Path, Entry> known = new LinkedHashMap<>();
    for (Entry entry : read()) {
      before.put(entry.directory(), entry);
      if (isWorthKeeping(entry, nowMillis)) {
        known.put(entry.directory(), entry);
      }
    }
    List<Entry> entries = new ArrayList<>();
    for (OwnedQueue queue : owned) {
      Path directory = QueueSearch.real(queue.directory());
      Entry entry = opened(queue, directory, before.get(directory), nowMillis);
      known.put(directory, entry);
      entries.add(entry);
    }
    try {
      write(
          known.values().stream()
              .sorted(Comparator.comparingLong(Entry::openedMillis).reversed())
              .limit(MAX_ENTRIES)
              .toList());
    } catch (IOException e) {
      log.warn(
          "cannot keep the list of queues in {}: {}; queues outside of it may be forgotten once no"
              + " node names them",
          dataDirectory,
          e.toString());
    }
    return entries;
  }

  private static Entry opened(
      OwnedQueue queue, Path directory, @Nullable Entry before, long nowMillis) {
    boolean there = isThere(directory);
    boolean wasSeen = before != null && before.kind() == queue.kind() && before.seen();
    MissedQueue missed = before == null ? null : before.missed();
    if (missed != null
        && (!missed.isCurrent(nowMillis) || isOlder(directory, missed.missedMillis()))) {
      missed = null;
    }
    if (before != null && wasSeen && !there && queue.kind() == OwnedQueue.Kind.QUEUE) {
      missed =
          new MissedQueue(
              missed == null ? before.openedMillis() : missed.openedMillis(), nowMillis);
    }
    return new Entry(
        queue.kind(), queue.node(), queue.type(), directory, nowMillis, there || wasSeen, missed);
  }

  private static boolean isThere(Path directory) {
    try {
      return QueueInspector.isQueue(directory);
    } catch (IOException e) {
      return true; // it cannot be looked into now
    }
  }

  /** Whether the queue has files from before a time: then it is the one that was missed. */
  private static boolean isOlder(Path directory, long millis) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "{*.seg,state}")) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toMillis() < millis - CLOCK_GRAIN_MILLIS) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.debug("cannot look how old {} is", directory, e);
    }
    return false;
  }

  /** Notes that the queues are there, after they were opened. A failure is logged only. */
  void seen(Collection<OwnedQueue> owned) {
    Set<Path> there =
        owned.stream()
            .map(queue -> QueueSearch.real(queue.directory()))
            .filter(QueueRegistry::isThere)
            .collect(Collectors.toSet());
    try {
      replace(entry -> !entry.seen() && there.contains(entry.directory()), Entry::whenSeen);
    } catch (IOException e) {
      log.debug("cannot note in {} that queues were made", dataDirectory, e);
    }
  }

  /**
   * Tells no more that the queue in a directory stands in place of one that was missing.
   *
   * @param directory as {@link QueueSearch#real} tells it
   * @throws IOException when the list cannot be written anew; it is as it was then
   */
  public void settle(Path directory) throws IOException {
    replace(
        entry -> entry.missed() != null && entry.directory().equals(directory), Entry::whenSettled);
  }

  private void replace(Predicate<Entry> which, UnaryOperator<Entry> by) throws IOException {
    List<Entry> entries = read();
    if (entries.stream().anyMatch(which)) {
      entries.replaceAll(entry -> which.test(entry) ? by.apply(entry) : entry);
      write(entries);
    }
  }

  /**
   * Forgets the queue in a directory that was removed on purpose, so that nobody looks for it.
   *
   * @param directory as {@link QueueSearch#real} tells it
   * @throws IOException when the list cannot be written anew; it is as it was then
   */
  public void forget(Path directory) throws IOException {
    List<Entry> entries = read();
    if (entries.removeIf(entry -> entry.directory().equals(directory))) {
      write(entries);
    }
  }

  private static boolean isWorthKeeping(Entry entry, long nowMillis) {
    try {
      return Files.exists(entry.directory(), LinkOption.NOFOLLOW_LINKS)
          ? QueueInspector.isQueue(entry.directory())
          : nowMillis - entry.openedMillis() < MISSING_MILLIS;
    } catch (IOException e) {
      return true; // it cannot be looked into now
    }
  }

  private void write(List<Entry> entries) throws IOException {
    if (!Files.isDirectory(dataDirectory)) {
      return; // nothing was ever kept here
    }
    StringBuilder text = new StringBuilder();
    entries.forEach(entry -> text.append(RegistryLine.of(entry)));
    Path temporary = dataDirectory.resolve(NAME + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var bytes = StandardCharsets.UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        temporary,
        dataDirectory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The entry of a directory, or null. */
  public static @Nullable Entry find(Collection<Entry> entries, Path directory) {
    Path real = QueueSearch.real(directory);
    for (Entry entry : entries) {
      if (QueueSearch.real(entry.directory()).equals(real)) {
        return entry;
      }
    }
    return null;
  }
}
