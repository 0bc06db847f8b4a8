package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** H2's MVStore: a map by number, committed every 1,000 records. */
final class H2Map implements Candidate {
  final org.h2.mvstore.MVStore st;
  final org.h2.mvstore.MVMap<Long, byte[]> m;
  long id;
  final int fsync;

  H2Map(Path d, int fsync) {
    this.fsync = fsync;
    st =
        new org.h2.mvstore.MVStore.Builder()
            .fileName(d.resolve("h2").toString())
            .autoCommitBufferSize(8192)
            .open();
    st.setVersionsToKeep(0);
    m =
        st.openMap(
            "q",
            new org.h2.mvstore.MVMap.Builder<Long, byte[]>()
                .keyType(org.h2.mvstore.type.LongDataType.INSTANCE)
                .valueType(org.h2.mvstore.type.ByteArrayDataType.INSTANCE));
  }

  @Override
  public void append(byte[] r) {
    m.append(id++, r.clone());
    if (fsync == 0 && id % 1000 == 0) st.commit();
  }

  @Override
  public void sync() {
    st.commit();
    st.sync();
  }

  @Override
  public void closeWrite() {
    st.close(100);
  }

  @Override
  public void readAll(Sink sink) {
    var c = m.cursor(null);
    while (c.hasNext()) {
      c.next();
      byte[] b = c.getValue();
      sink.record(b, 0, b.length);
    }
  }
}
