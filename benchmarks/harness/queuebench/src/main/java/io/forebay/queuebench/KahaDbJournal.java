package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** The journal of ActiveMQ's KahaDB. */
final class KahaDbJournal implements Candidate {
  final org.apache.activemq.store.kahadb.disk.journal.Journal j;
  final int fsync;
  org.apache.activemq.store.kahadb.disk.journal.Location last;

  KahaDbJournal(Path d, int fsync) throws Exception {
    this.fsync = fsync;
    j = new org.apache.activemq.store.kahadb.disk.journal.Journal();
    j.setDirectory(d.toFile());
    j.setMaxFileLength(64 << 20);
    j.setChecksum(true);
    j.setCheckForCorruptionOnStartup(false);
    if (fsync == 0)
      j.setJournalDiskSyncStrategy(
          org.apache.activemq.store.kahadb.disk.journal.Journal.JournalDiskSyncStrategy.NEVER);
    j.setPreallocationStrategy(
        org.apache.activemq.store.kahadb.disk.journal.Journal.PreallocationStrategy.SPARSE_FILE);
    j.start();
  }

  @Override
  public void append(byte[] r) throws Exception {
    j.write(new org.apache.activemq.util.ByteSequence(r.clone()), false);
  }

  @Override
  public void sync() throws Exception {
    j.write(new org.apache.activemq.util.ByteSequence(new byte[] {1}), true);
  }

  @Override
  public void closeWrite() throws Exception {
    j.close();
  }

  @Override
  public void readAll(Sink sink) throws Exception {
    var l = j.getNextLocation(null);
    while (l != null) {
      var b = j.read(l);
      if (b.length > 1) sink.record(b.data, b.offset, b.length);
      l = j.getNextLocation(l);
    }
  }
}
