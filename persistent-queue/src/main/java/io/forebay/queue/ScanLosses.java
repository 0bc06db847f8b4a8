package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Tells of what a scan could not read, and how much of it was still to be delivered. */
record ScanLosses(DirectoryView view, Consumer<Damage> damages) {

  /**
   * Tells of the numbers {@code from <= n < to}, unless numbers alone are missing, and these are
   * settled: the agent may have delivered and removed them meanwhile.
   *
   * @param bytes that are damaged; 0 when records are missing
   */
  void lost(long from, long to, Path where, long offset, long bytes, String what)
      throws IOException {
    long undelivered = view.settled().absentCount(from, to);
    if (undelivered > 0 && bytes == 0) {
      view.refresh();
      undelivered = view.settled().absentCount(from, to);
    }
    if (undelivered > 0 || bytes > 0) {
      damages.accept(new Damage(where, offset, bytes, from, to, undelivered, what));
    }
  }

  /** Tells of a segment whose header is damaged though its frames are not. */
  void header(Path where, long sequence) {
    damages.accept(
        new Damage(
            where,
            0,
            SegmentHeader.BYTES,
            sequence,
            sequence,
            0,
            "the segment header is damaged; its frames are read"));
  }
}
