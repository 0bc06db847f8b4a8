package io.forebay.destination.localstorage;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Finds the end of a zstd frame (RFC 8878, section 3.1.1) by its block headers, then checks what is
 * in it. Bounded in memory whatever the headers say.
 */
final class ZstdFrame {

  private static final int MAGIC = 0xfd2fb528;
  private static final int[] DICTIONARY_ID_BYTES = {0, 1, 2, 4};
  private static final int[] CONTENT_SIZE_BYTES = {0, 2, 4, 8};
  private static final int CHECKSUM_BYTES = 4;
  private static final int RLE_BLOCK = 1;
  private static final int RESERVED_BLOCK = 3;

  private ZstdFrame() {}

  /** Where the frame that begins at {@code start} ends, or {@code start} when it is not whole. */
  static long end(FileChannel file, long start) throws IOException {
    long end = endOfBlocks(file, start);
    return end > start && end <= file.size() && holds(file, start, end) ? end : start;
  }

  private static long endOfBlocks(FileChannel file, long start) throws IOException {
    byte[] head = new byte[5];
    if (!PartBytes.read(file, start, head, head.length)
        || PartBytes.littleEndian(head, 0) != MAGIC) {
      return start;
    }
    int descriptor = head[4];
    boolean singleSegment = (descriptor & 0x20) != 0;
    int contentSizeFlag = descriptor >> 6 & 3;
    int contentSizeBytes =
        contentSizeFlag == 0 && singleSegment ? 1 : CONTENT_SIZE_BYTES[contentSizeFlag];
    long at =
        start
            + head.length
            + (singleSegment ? 0 : 1)
            + DICTIONARY_ID_BYTES[descriptor & 3]
            + contentSizeBytes;
    byte[] block = new byte[3];
    boolean last = false;
    while (!last) {
      if (!PartBytes.read(file, at, block, block.length)) {
        return start;
      }
      int header = (block[0] & 0xff) | (block[1] & 0xff) << 8 | (block[2] & 0xff) << 16;
      int type = header >> 1 & 3;
      if (type == RESERVED_BLOCK) {
        return start;
      }
      last = (header & 1) != 0;
      at += block.length + (type == RLE_BLOCK ? 1 : header >> 3);
    }
    boolean hasChecksum = (descriptor & 4) != 0;
    return at + (hasChecksum ? CHECKSUM_BYTES : 0);
  }

  private static boolean holds(FileChannel file, long start, long end) throws IOException {
    byte[] text = new byte[64 << 10];
    try (InputStream frame =
        new ZstdInputStreamNoFinalizer(new Section(file, start, end)).setContinuous(false)) {
      int read = frame.read(text);
      while (read >= 0) {
        read = frame.read(text);
      }
      return true;
    } catch (UnreadableException e) {
      throw e.failure;
    } catch (IOException e) {
      // What the decoder says of bytes that it cannot read; a failure to read them is above.
      return false;
    }
  }

  /** Tells a file that cannot be read from a frame that cannot be decoded. */
  private static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient IOException failure;

    UnreadableException(IOException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  /** Bytes of a file between two positions. */
  private static final class Section extends InputStream {
    private final FileChannel file;
    private final long end;
    private long at;

    Section(FileChannel file, long start, long end) {
      this.file = file;
      this.at = start;
      this.end = end;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (at >= end) {
        return -1;
      }
      int wanted = (int) Math.min(length, end - at);
      try {
        int read = file.read(ByteBuffer.wrap(into, offset, wanted), at);
        at += Math.max(0, read);
        return read;
      } catch (IOException e) {
        throw new UnreadableException(e);
      }
    }
  }
}
