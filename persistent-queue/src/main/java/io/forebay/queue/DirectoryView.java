package io.forebay.queue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a directory shows to a reader that takes no lock. The state is always read before the files
 * are listed: then every record that the state tells of is in a listed segment, or settled since.
 */
final class DirectoryView {

  private static final int STATE_ATTEMPTS = 5;
  private static final long STATE_PAUSE_MILLIS = 5;

  private final Storage storage;
  private final Map<Long, SegmentHeader> headers = new HashMap<>();
  private final Map<Long, Long> resumedFrom = new HashMap<>();
  private @Nullable QueueState state;
  private SequenceSet settled = new SequenceSet(0);
  private NavigableMap<Long, Long> segments = new TreeMap<>();
  private List<Storage.Entry> others = new ArrayList<>();

  DirectoryView(Storage storage) throws IOException {
    this.storage = storage;
    refresh();
  }

  /** Looks again. What was handed out before stays as it is. */
  void refresh() throws IOException {
    state = readState();
    NavigableMap<Long, Long> found = new TreeMap<>();
    List<Storage.Entry> rest = new ArrayList<>();
    for (Storage.Entry entry : storage.list()) {
      long first = SegmentHeader.firstSequence(entry.name());
      if (first >= 0) {
        found.put(first, entry.size());
      } else {
        rest.add(entry);
      }
    }
    Map.Entry<Long, Long> newest = found.lastEntry();
    if (newest != null && newest.getValue() < SegmentHeader.BYTES) {
      found.remove(newest.getKey()); // being made, or left so by a crash: it holds nothing
    }
    segments = found;
    others = rest;
    settled = settled(state, found);
  }

  /** Both slots cannot be torn at once, but a writer may overtake the one who reads them. */
  private @Nullable QueueState readState() throws IOException {
    QueueState found = StateFile.peek(storage);
    for (int i = 1; found == null && i < STATE_ATTEMPTS; i++) {
      try {
        storage.awaitWriter(STATE_PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
      found = StateFile.peek(storage);
    }
    return found;
  }

  private static SequenceSet settled(@Nullable QueueState state, NavigableMap<Long, Long> found) {
    if (state == null) {
      return new SequenceSet(found.isEmpty() ? 0 : found.firstKey());
    }
    SequenceSet set = new SequenceSet(state.frontier());
    state.settled().forEach(range -> set.add(range.from(), range.to()));
    return set;
  }

  /** Null when there is none that is sound. */
  @Nullable QueueState state() {
    return state;
  }

  /** Never changed again once handed out. */
  SequenceSet settled() {
    return settled;
  }

  /** Lengths of the segment files by first sequence number. */
  NavigableMap<Long, Long> segments() {
    return segments;
  }

  /** All files that are no segments. */
  List<Storage.Entry> others() {
    return others;
  }

  /**
   * The header of a segment; null when it is damaged or gone.
   *
   * @throws QueueFormatException when a newer version wrote it
   */
  @Nullable SegmentHeader header(long first) throws IOException {
    SegmentHeader known = headers.get(first);
    if (known != null) {
      return known;
    }
    String name = SegmentHeader.fileName(first);
    try (StorageFile file = new SalvagingFile(storage.open(name))) {
      SegmentHeader header = SegmentHeader.read(file, storage.path(name), first);
      if (header == null) {
        return null;
      }
      headers.put(first, header);
      return header;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * From where on no number before the segment is a record's, as {@code FORMAT.md} has it. Where no
   * header tells, and nothing else does, its own first: numbers may then be called lost that were
   * nobody's.
   */
  long resumedFrom(long first) throws IOException {
    for (Long at = first; at != null; at = segments.higherKey(at)) {
      SegmentHeader header = header(at);
      if (header != null) {
        return Math.min(first, header.resumedFrom());
      }
    }
    return resumedFrom.computeIfAbsent(first, this::withoutHeader);
  }

  /** As opening has it: what the segment before holds and what the state tells of were records. */
  private long withoutHeader(long first) {
    Map.Entry<Long, Long> before = segments.lowerEntry(first);
    QueueState told = state;
    if (before == null || told == null || segments.higherKey(first) != null) {
      return first;
    }
    try {
      Segment segment = Segment.found(before.getKey(), before.getValue());
      long written = Tail.of(storage, segment).nextSequence();
      return Math.min(first, Math.max(written, told.nextSequence()));
    } catch (IOException e) {
      return first; // whoever reads the segment is told
    }
  }
}
