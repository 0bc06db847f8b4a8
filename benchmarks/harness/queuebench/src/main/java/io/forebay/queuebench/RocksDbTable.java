package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** A table of RocksDB by number, with its write-ahead log. */
final class RocksDbTable implements Candidate {
  static {
    org.rocksdb.RocksDB.loadLibrary();
  }

  final org.rocksdb.RocksDB db;
  final org.rocksdb.WriteOptions wo = new org.rocksdb.WriteOptions();
  long id;
  final byte[] k = new byte[8];
  final org.rocksdb.Options o;

  RocksDbTable(Path d) throws Exception {
    o =
        new org.rocksdb.Options()
            .setCreateIfMissing(true)
            .setCompressionType(org.rocksdb.CompressionType.NO_COMPRESSION)
            .setWriteBufferSize(64 << 20);
    db = org.rocksdb.RocksDB.open(o, d.toString());
  }

  @Override
  public void append(byte[] r) throws Exception {
    Records.putNumber(k, id++);
    db.put(wo, k, r);
  }

  @Override
  public void appendBatch(byte[][] rs) throws Exception {
    try (var b = new org.rocksdb.WriteBatch()) {
      for (byte[] r : rs) {
        Records.putNumber(k, id++);
        b.put(k, r);
      }
      db.write(wo, b);
    }
  }

  @Override
  public boolean packs() {
    return false;
  }

  @Override
  public void sync() throws Exception {
    db.syncWal();
  }

  @Override
  public void closeWrite() {
    db.close();
  }

  @Override
  public void readAll(Sink sink) {
    try (var it = db.newIterator()) {
      for (it.seekToFirst(); it.isValid(); it.next()) {
        byte[] b = it.value();
        sink.record(b, 0, b.length);
      }
    }
  }
}
