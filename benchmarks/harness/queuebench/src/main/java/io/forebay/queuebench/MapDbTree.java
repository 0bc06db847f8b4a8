package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** A B-tree of MapDB by number. */
final class MapDbTree implements Candidate {
  final org.mapdb.DB db;
  final org.mapdb.BTreeMap<Long, byte[]> m;
  long id;
  final boolean tx;

  MapDbTree(Path d, int fsync) {
    tx = fsync > 0;
    var mk =
        org.mapdb.DBMaker.fileDB(d.resolve("mapdb").toFile())
            .fileMmapEnable()
            .fileMmapPreclearDisable()
            .allocateIncrement(64 << 20);
    if (tx) mk = mk.transactionEnable();
    db = mk.make();
    m =
        db.treeMap("q", org.mapdb.Serializer.LONG, org.mapdb.Serializer.BYTE_ARRAY)
            .valuesOutsideNodesEnable()
            .createOrOpen();
  }

  @Override
  public void append(byte[] r) {
    m.put(id++, r.clone());
  }

  @Override
  public void sync() {
    db.commit();
  }

  @Override
  public void closeWrite() {
    db.close();
  }

  @Override
  public void readAll(Sink sink) {
    var it = m.valueIterator();
    while (it.hasNext()) {
      byte[] b = (byte[]) it.next();
      sink.record(b, 0, b.length);
    }
  }
}
