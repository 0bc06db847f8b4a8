package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** Same framing in mapped 64 MiB segments; survives kill -9 from the moment it is stored. */
final class MappedLog extends BareLog {
  MappedByteBuffer m;

  MappedLog(Path d, boolean write) throws IOException {
    super(d, false);
    if (write) next();
  }

  void next() throws IOException {
    if (m != null) unmap(m);
    try (FileChannel c =
        FileChannel.open(
            dir.resolve(String.format("%08d.seg", seg++)),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      m = c.map(FileChannel.MapMode.READ_WRITE, 0, SEGMENT_BYTES);
    }
  }

  static void unmap(MappedByteBuffer b) {
    try {
      var f = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
      f.setAccessible(true);
      var u = (sun.misc.Unsafe) f.get(null);
      u.invokeCleaner(b);
    } catch (Exception e) {
      throw new RuntimeException(e);
    }
  }

  @Override
  public void append(byte[] r) throws Exception {
    if (m.remaining() < r.length + 12) next();
    crc.reset();
    crc.update(r, 0, r.length);
    m.putInt(r.length).putInt((int) crc.getValue()).put(r);
  }

  @Override
  public void appendBatch(byte[][] rs) throws Exception {
    for (byte[] r : rs) append(r);
  }

  @Override
  public void sync() {
    m.force();
  }

  @Override
  public void closeWrite() {
    if (m != null) unmap(m);
    m = null;
  }

  @Override
  public void readAll(Sink sink) throws Exception {
    byte[] tmp = new byte[1 << 20];
    for (int i = 0; ; i++) {
      Path p = dir.resolve(String.format("%08d.seg", i));
      if (!Files.exists(p)) return;
      try (FileChannel c = FileChannel.open(p)) {
        MappedByteBuffer b = c.map(FileChannel.MapMode.READ_ONLY, 0, c.size());
        while (b.remaining() >= 8) {
          int len = b.getInt();
          if (len == 0) break;
          int cr = b.getInt();
          b.get(tmp, 0, len);
          crc.reset();
          crc.update(tmp, 0, len);
          if ((int) crc.getValue() != cr) throw new IOException("crc");
          sink.record(tmp, 0, len);
        }
        unmap(b);
      }
    }
  }
}
