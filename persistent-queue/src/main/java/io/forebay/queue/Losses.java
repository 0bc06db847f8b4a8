package io.forebay.queue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of records that left unacknowledged, and sees to it that damaged bytes are kept. */
final class Losses {

  private static final Logger log = LoggerFactory.getLogger(Losses.class);

  private final Storage storage;
  private final QueueListener listener;
  private final WriterLoop writer;
  private final Evidence evidence;

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

  /** Reports records of a segment that is gone: numbers {@code from <= n < to}. */
  void missing(long from, long to, long records) {
    if (records > 0) {
      log.warn(
          "{}: the segment of records {} to {} is gone; {} are lost",
          storage.path(""),
          from,
          to - 1,
          records);
    }
    dropped(DropReason.DAMAGED, records, 0);
  }

  /** Reports damage; {@code bytes} of the segment at {@code offset} are worth keeping. */
  void damaged(Segment segment, long offset, long bytes, String what) {
    log.warn("{} at offset {}: {}", storage.path(segment.name()), offset, what);
    listener.onDamaged(storage.path(segment.name()), offset, what);
    if (bytes > 0) {
      writer.execute(() -> evidence.keep(segment, offset, bytes));
    }
  }
}
