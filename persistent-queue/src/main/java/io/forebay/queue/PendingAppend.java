package io.forebay.queue;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append on its way to the disk. Used again for another one once it has ended, so that an append
 * costs no garbage.
 */
final class PendingAppend {

  private static final Logger log = LoggerFactory.getLogger(PendingAppend.class);
  private static final RecordBatch NOTHING = RecordBatch.of(new byte[0]);
  private static final AppendCallback NOBODY =
      new AppendCallback() {
        @Override
        public void onStored(long firstSequence, int count) {}

        @Override
        public void onRefused(DropReason reason) {}

        @Override
        public void onFailed(IOException cause) {}
      };

  RecordBatch batch = NOTHING;
  long payloadBytes;

  /** The number that its first record must have; negative for the one that comes next. */
  long wantedSequence;

  /** Set when the records have got their numbers. */
  long firstSequence;

  private AppendCallback callback = NOBODY;

  void begin(RecordBatch records, long bytes, long wanted, AppendCallback told) {
    batch = records;
    payloadBytes = bytes;
    wantedSequence = wanted;
    callback = told;
  }

  /** Lets go of what belongs to the caller. */
  void clear() {
    batch = NOTHING;
    callback = NOBODY;
  }

  /** Whether its records can follow at {@code next} without leaving numbers out. */
  boolean follows(long next) {
    return wantedSequence < 0 || wantedSequence == next;
  }

  void stored() {
    try {
      callback.onStored(firstSequence, batch.count());
    } catch (RuntimeException e) {
      misbehaved(e);
    }
  }

  void refused(DropReason reason) {
    try {
      callback.onRefused(reason);
    } catch (RuntimeException e) {
      misbehaved(e);
    }
  }

  void failed(IOException cause) {
    try {
      callback.onFailed(cause);
    } catch (RuntimeException e) {
      misbehaved(e);
    }
  }

  private static void misbehaved(RuntimeException e) {
    log.error("the callback of an append failed; the queue goes on", e);
  }
}
