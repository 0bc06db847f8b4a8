package io.forebay.queue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of the records of a run, by an id that they begin with; and of the runs before it. */
final class RecordContents {

  private final @Nullable RecordContents before;
  private final int firstId;
  private final List<byte[]> contents = new ArrayList<>();

  RecordContents(@Nullable RecordContents before, int firstId) {
    this.before = before;
    this.firstId = firstId;
  }

  RecordContents next() {
    return new RecordContents(this, firstId + contents.size());
  }

  /** Makes a record of at least 4 bytes; returns its id. */
  int make(int length) {
    int id = firstId + contents.size();
    byte[] bytes = new byte[Math.max(Integer.BYTES, length)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (id * 31 + i * (i >> 5));
    }
    ByteBuffer.wrap(bytes).putInt(id);
    contents.add(bytes);
    return id;
  }

  /** Null when there is no such record. */
  byte @Nullable [] of(int id) {
    if (id < firstId) {
      return before == null || id < 0 ? null : before.of(id);
    }
    return id - firstId < contents.size() ? contents.get(id - firstId) : null;
  }
}
