package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** Every add is written with O_DSYNC ("rwd"): no other mode. */
final class TapeFile implements Candidate {
  final com.squareup.tape2.QueueFile q;

  TapeFile(Path d) throws Exception {
    q = new com.squareup.tape2.QueueFile.Builder(d.resolve("tape").toFile()).zero(false).build();
  }

  @Override
  public void append(byte[] r) throws Exception {
    q.add(r);
  }

  @Override
  public void sync() {}

  @Override
  public void closeWrite() throws Exception {
    q.close();
  }

  @Override
  public void readAll(Sink sink) {
    for (byte[] b : q) sink.record(b, 0, b.length);
  }
}
