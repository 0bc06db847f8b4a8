package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** The record format and file append of a Kafka log segment (no index, no broker). */
final class KafkaSegment implements Candidate {
  final Path dir;
  org.apache.kafka.common.record.internal.FileRecords fr;
  int seg;
  long off;
  final ByteBuffer buf = ByteBuffer.allocate(1 << 20);

  KafkaSegment(Path d, boolean write) throws Exception {
    dir = d;
    if (write) roll();
  }

  void roll() throws Exception {
    if (fr != null) fr.close();
    fr =
        org.apache.kafka.common.record.internal.FileRecords.open(
            dir.resolve(String.format("%08d.log", seg++)).toFile(), true);
  }

  void put(byte[][] rs) throws Exception {
    buf.clear();
    var b =
        org.apache.kafka.common.record.internal.MemoryRecords.builder(
            buf,
            org.apache.kafka.common.compress.Compression.NONE,
            org.apache.kafka.common.record.TimestampType.CREATE_TIME,
            off);
    for (byte[] r : rs) {
      b.append(1L, (byte[]) null, r);
      off++;
    }
    if (fr.sizeInBytes() > 512 << 20) roll();
    fr.append(b.build());
  }

  final byte[][] one = new byte[1][];

  @Override
  public void append(byte[] r) throws Exception {
    one[0] = r;
    put(one);
  }

  @Override
  public void appendBatch(byte[][] rs) throws Exception {
    put(rs);
  }

  @Override
  public boolean packs() {
    return false;
  }

  @Override
  public void sync() throws Exception {
    fr.flush();
  }

  @Override
  public void closeWrite() throws Exception {
    if (fr != null) fr.close();
  }

  @Override
  public void readAll(Sink sink) throws Exception {
    byte[] tmp = new byte[1 << 16];
    for (int i = 0; ; i++) {
      File f = dir.resolve(String.format("%08d.log", i)).toFile();
      if (!f.exists()) return;
      try (var r = org.apache.kafka.common.record.internal.FileRecords.open(f)) {
        /* as a consumer does: fetch about 1 MiB, then walk it in memory */
        int pos = 0, size = r.sizeInBytes();
        ByteBuffer bb = ByteBuffer.allocate(1 << 20);
        while (pos < size) {
          bb.clear();
          bb.limit(Math.min(bb.capacity(), size - pos));
          r.readInto(bb, pos);
          var mr = org.apache.kafka.common.record.internal.MemoryRecords.readableRecords(bb);
          int used = 0;
          for (var ba : mr.batches()) {
            ba.ensureValid();
            for (var x : ba) {
              ByteBuffer v = x.value();
              int n = v.remaining();
              v.get(tmp, 0, n);
              sink.record(tmp, 0, n);
            }
            used += ba.sizeInBytes();
          }
          if (used == 0) throw new IOException("small buffer");
          pos += used;
        }
      }
    }
  }
}
