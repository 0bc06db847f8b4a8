package io.forebay.queue;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Under {@link SyncPolicy.Interval}, syncs what was written within the interval; under the other
 * policies does nothing. Used on the writer thread only.
 */
final class IntervalSync {

  private final @Nullable Duration interval;
  private final WriterLoop writer;
  private final SegmentWriter segments;
  private final DiskHealth health;
  private boolean waits;

  IntervalSync(SyncPolicy policy, WriterLoop writer, SegmentWriter segments, DiskHealth health) {
    this.interval = policy instanceof SyncPolicy.Interval timed ? timed.interval() : null;
    this.writer = writer;
    this.segments = segments;
    this.health = health;
  }

  /** Sees to it that what was written is synced in time. */
  void afterWrite() {
    Duration delay = interval;
    if (delay != null && segments.unsynced() && !waits) {
      waits = true;
      writer.schedule(this::sync, delay.toMillis());
    }
  }

  private void sync() {
    waits = false;
    if (!segments.unsynced()) {
      return; // nothing is learned of the disk
    }
    try {
      segments.sync();
      health.wrote();
    } catch (IOException e) {
      segments.end(); // what was not synced may be gone; nothing is ever written after it
      health.writeFailed("sync", e);
    }
  }
}
