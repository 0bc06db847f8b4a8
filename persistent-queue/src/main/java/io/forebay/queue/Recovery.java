package io.forebay.queue;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a directory: from the state file, the names of the segments, and the frame headers of the
 * newest segment. Older segments are not looked into, so the cost does not grow with the backlog.
 */
final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int SEGMENTS_AT_LEAST = 8;

  private final QueueOptions options;
  private final Storage storage;

  private Recovery(QueueOptions options, Storage storage) {
    this.options = options;
    this.storage = storage;
  }

  static PersistentQueue open(QueueOptions options) throws IOException {
    return open(
        options, FileStorage.open(options.directory()), new WriterThread(options.directory()));
  }

  /** Opens over a given storage, which belongs to the queue from now on. */
  static SegmentQueue open(QueueOptions options, Storage storage, WriterLoop writer)
      throws IOException {
    try {
      return new Recovery(options, storage).recover(writer);
    } catch (IOException | RuntimeException e) {
      writer.shutdown();
      try {
        storage.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private SegmentQueue recover(WriterLoop writer) throws IOException {
    List<Segment> segments = new ArrayList<>();
    List<Storage.Entry> others = new ArrayList<>();
    for (Storage.Entry file : storage.list()) {
      long first = SegmentHeader.firstSequence(file.name());
      if (first >= 0) {
        segments.add(Segment.found(first, file.size()));
      } else if (file.name().equals(DiskProbe.FILE_NAME)) {
        DiskProbe.remove(storage);
      } else if (!file.name().equals(StateFile.FILE_NAME)) {
        others.add(file);
      }
    }
    segments.sort(Comparator.comparingLong(segment -> segment.first));
    Segment newest = segments.isEmpty() ? null : segments.get(segments.size() - 1);
    SegmentHeader newestHeader = newest == null ? null : header(newest);
    SegmentHeader oldestHeader = newest == null ? null : header(segments.get(0));
    StateFile stateFile = StateFile.open(storage);
    try {
      QueueState found = stateFile.loaded();
      Tail tail = newest == null ? null : Tail.of(storage, newest);
      if (newest != null && tail != null) {
        newest.readableEnd = tail.end();
        newest.liveBytes = tail.end() - SegmentHeader.BYTES;
        newest.resumedFrom =
            newestHeader == null ? resumedFrom(segments, found) : newestHeader.resumedFrom();
      }
      long written = tail == null ? 0 : tail.nextSequence();
      QueueState state = found != null ? found : rebuilt(segments, oldestHeader, newestHeader);
      checkEpoch(state, newest, newestHeader);
      if (found == null) {
        stateFile.initialize(state);
        storage.syncDirectory();
      }
      return assemble(writer, segments, others, stateFile, state, written, newest);
    } catch (IOException | RuntimeException e) {
      stateFile.close();
      throw e;
    }
  }

  /**
   * From where on no number before the newest segment is a record's, when its header is not sound.
   * What the segment before holds and what the state tells of were records; the state is written
   * with each new segment, so the rest was left out, or never synced.
   */
  private long resumedFrom(List<Segment> segments, @Nullable QueueState state) throws IOException {
    Segment newest = segments.get(segments.size() - 1);
    if (state == null || segments.size() < 2) {
      return newest.first;
    }
    long told = Tail.of(storage, segments.get(segments.size() - 2)).nextSequence();
    return Math.min(newest.first, Math.max(told, state.nextSequence()));
  }

  private SegmentQueue assemble(
      WriterLoop writer,
      List<Segment> segments,
      List<Storage.Entry> others,
      StateFile stateFile,
      QueueState state,
      long written,
      @Nullable Segment newest)
      throws IOException {
    long next = Math.max(written, Math.max(state.nextSequence(), state.reservedSequence()));
    if (newest != null && next == newest.first) {
      next++; // its name is taken
    }
    long otherBytes = StateFile.FILE_BYTES;
    for (Storage.Entry file : others) {
      otherBytes += file.size();
    }
    Ledger ledger = new Ledger(state, next, options.maxBytes(), otherBytes);
    // Numbers that the state tells of were records; those only reserved were perhaps nobody's.
    long lost = ledger.settle(written, state.nextSequence());
    ledger.settle(written, next);
    for (QueueState.LiveBytes live : state.liveBytes()) {
      segments.stream()
          .filter(segment -> segment.first == live.segment())
          .forEach(segment -> segment.restore(live));
    }
    Room room = new Room(ledger, options.space());
    Evidence evidence = new Evidence(storage, ledger, room, options.maxBytes());
    others.forEach(evidence::found);
    segments.forEach(ledger::addSegment);
    room.settle();
    if (newest != null) {
      // What a killed process wrote may be in memory only; before it is shown to anyone, it is
      // safe.
      try (StorageFile file = storage.open(newest.name())) {
        file.sync();
      }
      storage.syncDirectory();
      ledger.settle(newest.resumedFrom, newest.first);
    }
    QueueListener listener = new GuardedListener(options.listener());
    Losses losses = new Losses(storage, listener, writer, evidence);
    long torn = newest == null ? 0 : newest.fileBytes - newest.readableEnd;
    if (newest != null && lost > 0 && torn > 0) {
      String what = Losses.unsound(torn);
      long at = newest.readableEnd;
      losses.lost(newest, at, torn, what, written, state.nextSequence(), lost);
    } else {
      losses.missing(written, state.nextSequence(), lost);
    }
    QueueParts parts =
        QueueParts.of(
            options,
            storage,
            writer,
            ledger,
            evidence,
            room,
            losses,
            stateFile,
            listener,
            written,
            segmentBytes(options),
            state.epoch());
    return new SegmentQueue(
            storage, writer, ledger, losses, stateFile, listener, state.epoch(), parts)
        .begin();
  }

  static int segmentBytes(QueueOptions options) {
    return (int) Math.min(options.segmentBytes(), options.maxBytes() / SEGMENTS_AT_LEAST);
  }

  private @Nullable SegmentHeader header(Segment segment) throws IOException {
    try (StorageFile file = storage.open(segment.name())) {
      return SegmentHeader.read(file, storage.path(segment.name()), segment.first);
    }
  }

  /** The state of a directory that tells none: everything that is there comes again. */
  private QueueState rebuilt(
      List<Segment> segments, @Nullable SegmentHeader oldest, @Nullable SegmentHeader newest) {
    long epoch = new SecureRandom().nextLong();
    if (!segments.isEmpty()) {
      log.warn("{}: no sound state file; every record comes again", options.directory());
      epoch = newest != null ? newest.epoch() : oldest != null ? oldest.epoch() : epoch;
    }
    long first = segments.isEmpty() ? 0 : segments.get(0).first;
    return new QueueState(epoch, first, first, first, 0, List.of(), List.of());
  }

  private void checkEpoch(
      QueueState state, @Nullable Segment newest, @Nullable SegmentHeader header)
      throws IOException {
    if (newest != null && header != null && header.epoch() != state.epoch()) {
      throw new QueueFormatException(
          storage.path(newest.name()),
          EpochCheck.STRANGE
              + ". Put each of the two into a directory of its own; or with forebay queue repair "
              + options.directory()
              + " the state file is put aside, and all records on disk are sent again");
    }
  }
}
