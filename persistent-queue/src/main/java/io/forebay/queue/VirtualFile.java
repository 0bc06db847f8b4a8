package io.forebay.queue;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of a {@link VirtualDisk}, in blocks that are compressed once they are full. One block is
 * kept open for writes and one for reads.
 */
final class VirtualFile {

  private static final int BLOCK_BYTES = 1 << 18;
  private static final int LEVEL = 1;

  private final List<byte[]> blocks = new ArrayList<>();
  private final Open written = new Open();
  private final Open read = new Open();
  private long size;

  /** A block with its bytes as they are. */
  private static final class Open {
    int index = -1;
    byte @Nullable [] bytes;

    void close() {
      index = -1;
      bytes = null;
    }
  }

  long size() {
    return size;
  }

  void write(ByteBuffer from, long position) {
    long at = position;
    while (from.hasRemaining()) {
      byte[] block = writable((int) (at / BLOCK_BYTES));
      int offset = (int) (at % BLOCK_BYTES);
      int count = Math.min(BLOCK_BYTES - offset, from.remaining());
      from.get(block, offset, count);
      at += count;
    }
    size = Math.max(size, at);
  }

  int read(ByteBuffer into, long position) {
    long at = position;
    while (into.hasRemaining() && at < size) {
      byte[] block = readable((int) (at / BLOCK_BYTES));
      int offset = (int) (at % BLOCK_BYTES);
      int count = (int) Math.min(Math.min(BLOCK_BYTES - offset, into.remaining()), size - at);
      into.put(block, offset, count);
      at += count;
    }
    return (int) (at - position);
  }

  /** Keeps nothing open; what is read or written next is opened again. */
  void pack() {
    byte[] open = written.bytes;
    if (open != null) {
      blocks.set(written.index, Zstd.compress(open, LEVEL));
    }
    written.close();
    read.close();
  }

  private byte[] writable(int index) {
    byte[] open = written.bytes;
    if (open != null && written.index == index) {
      return open;
    }
    if (open != null) {
      blocks.set(written.index, Zstd.compress(open, LEVEL));
    }
    while (blocks.size() <= index) {
      blocks.add(new byte[0]);
    }
    if (read.index == index) {
      read.close();
    }
    byte[] block = unpacked(index);
    written.index = index;
    written.bytes = block;
    return block;
  }

  private byte[] readable(int index) {
    byte[] open = written.bytes;
    if (open != null && written.index == index) {
      return open;
    }
    byte[] last = read.bytes;
    if (last != null && read.index == index) {
      return last;
    }
    byte[] block = unpacked(index);
    read.index = index;
    read.bytes = block;
    return block;
  }

  private byte[] unpacked(int index) {
    byte[] packed = blocks.get(index);
    byte[] block = new byte[BLOCK_BYTES];
    if (packed.length > 0) {
      Zstd.decompress(block, packed);
    }
    return block;
  }
}
