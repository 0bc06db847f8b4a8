package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;
import java.util.zip.CRC32C;

/**
 * Ours to beat: one write() for each append or batch, [len][crc32c][data] for each record, 64 MiB
 * segments.
 */
class BareLog implements Candidate {
  static final int SEGMENT_BYTES = 64 << 20;

  final Path dir;
  FileChannel ch;
  long pos;
  int seg;
  final CRC32C crc = new CRC32C();
  ByteBuffer buf = ByteBuffer.allocateDirect(1 << 20);

  BareLog(Path d, boolean write) throws IOException {
    dir = d;
    if (write) roll();
  }

  void roll() throws IOException {
    if (ch != null) ch.close();
    ch =
        FileChannel.open(
            dir.resolve(String.format("%08d.seg", seg++)),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    pos = 0;
  }

  void put(byte[] r) {
    crc.reset();
    crc.update(r, 0, r.length);
    buf.putInt(r.length).putInt((int) crc.getValue()).put(r);
  }

  void out() throws IOException {
    buf.flip();
    int n = buf.remaining();
    if (pos + n > SEGMENT_BYTES) roll();
    while (buf.hasRemaining()) ch.write(buf);
    pos += n;
    buf.clear();
  }

  @Override
  public void append(byte[] r) throws Exception {
    put(r);
    out();
  }

  @Override
  public void appendBatch(byte[][] rs) throws Exception {
    for (byte[] r : rs) put(r);
    out();
  }

  @Override
  public boolean packs() {
    return false;
  }

  @Override
  public void sync() throws Exception {
    ch.force(false);
  }

  @Override
  public void closeWrite() throws Exception {
    if (ch != null) ch.close();
  }

  @Override
  public void readAll(Sink sink) throws Exception {
    byte[] tmp = new byte[1 << 20];
    for (int i = 0; ; i++) {
      Path p = dir.resolve(String.format("%08d.seg", i));
      if (!Files.exists(p)) return;
      try (FileChannel c = FileChannel.open(p)) {
        ByteBuffer b = ByteBuffer.wrap(tmp);
        b.limit(0);
        FileInputStream in = new FileInputStream(p.toFile());
        int have = 0, off = 0;
        while (true) {
          if (have - off >= 8) {
            int len = b.clear().getInt(off), cr = b.getInt(off + 4);
            if (have - off >= 8 + len) {
              crc.reset();
              crc.update(tmp, off + 8, len);
              if ((int) crc.getValue() != cr) throw new IOException("crc");
              sink.record(tmp, off + 8, len);
              off += 8 + len;
              continue;
            }
          }
          System.arraycopy(tmp, off, tmp, 0, have - off);
          have -= off;
          off = 0;
          int r = in.read(tmp, have, tmp.length - have);
          if (r < 0) break;
          have += r;
        }
        in.close();
      }
    }
  }
}
