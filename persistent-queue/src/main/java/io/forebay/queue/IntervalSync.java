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
  private final Committer committer;
  private boolean waits;

  IntervalSync(SyncPolicy policy, WriterLoop writer, SegmentWriter segments, Committer committer) {
    this.interval = policy instanceof SyncPolicy.Interval timed ? timed.interval() : null;
    this.writer = writer;
    this.segments = segments;
    this.committer = committer;
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
    try {
      segments.sync();
    } catch (IOException e) {
      segments.end(); // what was not synced may be gone; nothing is ever written after it
      committer.diskFailed("sync", e);
    }
  }
}
