package io.forebay.queuebench;

import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** As rawfc, but single appends gather in a 256 KiB buffer (lost on kill -9 until written). */
final class BufferedLog extends BareLog {
  BufferedLog(Path d, boolean write) throws IOException {
    super(d, write);
  }

  @Override
  public void append(byte[] r) throws Exception {
    put(r);
    if (buf.position() >= 256 << 10) out();
  }

  @Override
  public void appendBatch(byte[][] rs) throws Exception {
    for (byte[] r : rs) {
      put(r);
      if (buf.position() >= 256 << 10) out();
    }
  }

  @Override
  public void sync() throws Exception {
    if (buf.position() > 0) out();
    super.sync();
  }

  @Override
  public void closeWrite() throws Exception {
    if (ch != null && buf.position() > 0) out();
    super.closeWrite();
  }
}
