package io.forebay.queue;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of records that left unacknowledged, and sees to it that damaged bytes are kept. */
final class Losses {

  private static final Logger log = LoggerFactory.getLogger(Losses.class);

  private final Storage storage;
  private final QueueListener listener;
  private final WriterLoop writer;
  private final Evidence evidence;

  /** What waits to be copied: a writer that is late may let the segments go first. */
  private final Queue<Runnable> copies = new ConcurrentLinkedQueue<>();

  Losses(Storage storage, QueueListener listener, WriterLoop writer, Evidence evidence) {
    this.storage = storage;
    this.listener = listener;
    this.writer = writer;
    this.evidence = evidence;
  }

  void dropped(DropReason reason, long records, long bytes) {
    if (records > 0) {
      listener.onDropped(reason, records, bytes);
    }
  }

  void dropped(DropReason reason, Loss loss) {
    dropped(reason, loss.records(), loss.bytes());
  }

  /** Reports records that lie in no segment: numbers {@code from <= n < to}. */
  void missing(long from, long to, long records) {
    if (records > 0) {
      log.warn("{}: {}: no segment holds them", storage.path(""), lost(from, to, records));
    }
    dropped(DropReason.DAMAGED, records, 0);
  }

  /**
   * Reports damage that costs records, as {@link #damaged}: so many of the numbers {@code from <= n
   * < to}.
   */
  void lost(Segment segment, long at, long bytes, String what, long from, long to, long records) {
    String where = segment.name();
    log.warn("{} at offset {}: {}; {}", storage.path(where), at, what, lost(from, to, records));
    tell(segment, at, bytes, what);
    dropped(DropReason.DAMAGED, records, bytes);
  }

  private static String lost(long from, long to, long records) {
    String numbers = to - from == 1 ? "record " + from : "records " + from + " to " + (to - 1);
    return records == 1 && to - from == 1
        ? numbers + " is lost"
        : records == to - from
            ? numbers + " are lost"
            : records + " of the " + numbers + " are lost";
  }

  /** What is wrong where so many bytes hold no sound frame. */
  static String unsound(long bytes) {
    return bytes > 0 ? "there is no sound frame" : "the records that should follow are missing";
  }

  /** Reports damage; {@code bytes} of the segment at {@code offset} are worth keeping. */
  void damaged(Segment segment, long offset, long bytes, String what) {
    log.warn("{} at offset {}: {}", storage.path(segment.name()), offset, what);
    tell(segment, offset, bytes, what);
  }

  private void tell(Segment segment, long offset, long bytes, String what) {
    listener.onDamaged(storage.path(segment.name()), offset, what);
    if (bytes > 0) {
      copies.add(() -> evidence.keep(segment, offset, bytes));
      writer.execute(this::keepEvidence);
    }
  }

  /** Copies the damaged bytes found so far. Used on the writer thread, before segments go. */
  void keepEvidence() {
    for (Runnable copy = copies.poll(); copy != null; copy = copies.poll()) {
      copy.run();
    }
  }
}
