package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** Artemis' journal on NIO; flushed by its own timed buffer. */
final class ArtemisJournal implements Candidate {
  final org.apache.activemq.artemis.core.journal.impl.JournalImpl j;
  final org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory f;
  long id = 1;
  byte[] last;

  ArtemisJournal(Path d, boolean write) throws Exception {
    f =
        new org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory(
            d.toFile(), true, 490 * 1024, 3333333, 1, false);
    f.start();
    j =
        new org.apache.activemq.artemis.core.journal.impl.JournalImpl(
            10 << 20, 2, -1, 0, 0, f, "j", "amq", 1);
    j.start();
    if (write) j.load(loader(null));
  }

  static org.apache.activemq.artemis.core.journal.LoaderCallback loader(Sink sink) {
    return new org.apache.activemq.artemis.core.journal.LoaderCallback() {
      @Override
      public void addPreparedTransaction(
          org.apache.activemq.artemis.core.journal.PreparedTransactionInfo p) {}

      @Override
      public void addRecord(org.apache.activemq.artemis.core.journal.RecordInfo r) {
        if (sink != null) sink.record(r.data, 0, r.data.length);
      }

      @Override
      public void deleteRecord(long id) {}

      @Override
      public void updateRecord(org.apache.activemq.artemis.core.journal.RecordInfo r) {}

      @Override
      public void failedTransaction(
          long t,
          List<org.apache.activemq.artemis.core.journal.RecordInfo> r,
          List<org.apache.activemq.artemis.core.journal.RecordInfo> d) {}
    };
  }

  @Override
  public void append(byte[] r) throws Exception {
    j.appendAddRecord(id++, (byte) 1, r.clone(), false);
  }

  /* the last record of the group is written with sync, which waits for the buffer to be flushed and forced */
  @Override
  public void sync() throws Exception {
    j.appendAddRecord(id++, (byte) 2, new byte[0], true);
  }

  @Override
  public void closeWrite() throws Exception {
    j.stop();
    f.stop();
  }

  @Override
  public boolean closesAfterReading() {
    return false;
  }

  @Override
  public void readAll(Sink sink) throws Exception {
    j.load(
        loader(
            (b, o, l) -> {
              if (l > 0) sink.record(b, o, l);
            }));
  }
}
