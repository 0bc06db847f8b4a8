package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/**
 * Chronicle Queue; with syncs in its synchronous mode, for its default does not wait for the disk.
 */
final class ChronicleQueueLog implements Candidate {
  final net.openhft.chronicle.queue.impl.single.SingleChronicleQueue q;
  net.openhft.chronicle.queue.ExcerptAppender ap;
  final net.openhft.chronicle.bytes.Bytes<byte[]> heap = null;

  ChronicleQueueLog(Path d, boolean write, int fsync) {
    q =
        net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder.binary(d)
            .rollCycle(net.openhft.chronicle.queue.rollcycles.LegacyRollCycles.DAILY)
            .blockSize(64 << 20)
            .syncMode(
                fsync > 0
                    ? net.openhft.chronicle.bytes.SyncMode.SYNC
                    : net.openhft.chronicle.bytes.SyncMode.NONE)
            .build();
    if (write) ap = q.createAppender();
  }

  @Override
  public void append(byte[] r) {
    try (var dc = ap.writingDocument()) {
      dc.wire().bytes().write(r);
    }
  }

  @Override
  public void sync() {
    ap.sync();
  }

  @Override
  public void closeWrite() {
    if (ap != null) ap.close();
    q.close();
  }

  @Override
  public void readAll(Sink sink) {
    byte[] tmp = new byte[1 << 20];
    try (var t = q.createTailer()) {
      while (true) {
        try (var dc = t.readingDocument()) {
          if (!dc.isPresent()) return;
          var b = dc.wire().bytes();
          int n = (int) b.readRemaining();
          b.read(tmp, 0, n);
          sink.record(tmp, 0, n);
        }
      }
    }
  }
}
