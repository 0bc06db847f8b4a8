package io.forebay.queue;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Damages a file of a queue: blindly, as disks do, or with the checksums mended, so that what lies
 * behind them meets what no queue ever wrote.
 */
final class FileMutator {

  private static final int MAX_BLOCK = 300;
  private static final int[] EXTREMES = {
    0,
    1,
    -1,
    2,
    43,
    44,
    127,
    128,
    65535,
    FrameHeader.MAX_BODY_BYTES - 1,
    FrameHeader.MAX_BODY_BYTES,
    FrameHeader.MAX_BODY_BYTES + 1,
    Integer.MAX_VALUE - 44,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0x20000000,
    0x40000000
  };
  private static final long[] LONG_EXTREMES = {
    0, 1, -1, 1L << 32, 1L << 62, (1L << 62) + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MIN_VALUE
  };
  private static final byte[] BOMB = Zstd.compress(new byte[8 << 20]);

  private final SplittableRandom random;

  FileMutator(SplittableRandom random) {
    this.random = random;
  }

  /** Damage that no checksum knows of. */
  byte[] blindly(byte[] file) {
    byte[] bytes = file.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes = once(bytes);
    }
    return bytes;
  }

  private byte[] once(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[random.nextInt(50)];
    }
    int at = random.nextInt(bytes.length);
    int block = 1 + random.nextInt(Math.min(MAX_BLOCK, bytes.length));
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 3 -> {
        byte[] more = new byte[block];
        fill(more);
        return insert(bytes, at, more);
      }
      case 4 -> {
        byte[] again = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + block));
        return insert(bytes, random.nextInt(bytes.length), again);
      }
      case 5 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + block), (byte) 0);
      case 6 -> {
        int to = random.nextInt(bytes.length - block + 1);
        int from = random.nextInt(bytes.length - block + 1);
        byte[] held = Arrays.copyOfRange(bytes, to, to + block);
        System.arraycopy(bytes, from, bytes, to, block);
        System.arraycopy(held, 0, bytes, from, block);
      }
      default -> {
        byte[] cut = Arrays.copyOf(bytes, bytes.length - Math.min(block, bytes.length - at));
        System.arraycopy(bytes, at + bytes.length - cut.length, cut, at, cut.length - at);
        return cut;
      }
    }
    return bytes;
  }

  private void fill(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt();
    }
  }

  private static byte[] insert(byte[] bytes, int at, byte[] more) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, longer, at, more.length);
    System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
    return longer;
  }

  /** A segment with one frame or its header changed, and their checksums mended. */
  byte[] segmentWithSoundChecksums(byte[] file) {
    List<Integer> frames = frames(file);
    if (frames.isEmpty() || random.nextInt(10) == 0) {
      return segmentHeader(file.clone());
    }
    int at = frames.get(random.nextInt(frames.size()));
    return switch (random.nextInt(4)) {
      case 0 -> frameHeader(file.clone(), at);
      case 1 -> body(file.clone(), at);
      case 2 -> zstd(file, at);
      default -> body(frameHeader(file.clone(), at), at);
    };
  }

  private static List<Integer> frames(byte[] file) {
    List<Integer> frames = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int at = SegmentHeader.BYTES;
    while (at < file.length) {
      FrameHeader header = FrameHeader.decode(bytes, at, file.length - at);
      if (header == null) {
        break;
      }
      frames.add(at);
      at += header.totalBytes();
    }
    return frames;
  }

  private byte[] segmentHeader(byte[] file) {
    if (file.length < SegmentHeader.BYTES) {
      return file;
    }
    ByteBuffer bytes = ByteBuffer.wrap(file);
    switch (random.nextInt(4)) {
      case 0 -> bytes.putInt(4, 1 + random.nextInt(3));
      case 1 -> bytes.putLong(8, random.nextLong());
      case 2 -> bytes.putLong(16, extremeLong());
      default -> bytes.putLong(24, extremeLong());
    }
    bytes.putInt(36, checksum(file, 0, 36));
    return file;
  }

  private byte[] frameHeader(byte[] file, int at) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    switch (random.nextInt(6)) {
      case 0 -> bytes.putInt(at + 4, extreme());
      case 1 -> bytes.putLong(at + 8, extremeLong());
      case 2 -> bytes.putLong(at + 16, extremeLong());
      case 3 -> bytes.putInt(at + 24, extreme());
      case 4 -> bytes.putInt(at + 28, extreme());
      default -> bytes.putInt(at + 32, random.nextInt(4));
    }
    mendHeader(file, at);
    return file;
  }

  /** Changes the lengths of records, or any byte of a compressed body. */
  private byte[] body(byte[] file, int at) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int start = at + FrameHeader.BYTES;
    int length = Math.min(Math.max(0, bytes.getInt(at + 4)), file.length - start);
    if (length < Integer.BYTES) {
      return file;
    }
    if (random.nextBoolean()) {
      bytes.putInt(start + random.nextInt(length / Integer.BYTES) * Integer.BYTES, extreme());
    } else {
      bytes.put(start + random.nextInt(length), (byte) random.nextInt());
    }
    bytes.putInt(at + 36, checksum(file, start, length));
    mendHeader(file, at);
    return file;
  }

  /** Puts something that expands, or pretends to, in place of a frame's body. */
  private byte[] zstd(byte[] file, int at) {
    byte[] packed =
        switch (random.nextInt(3)) {
          case 0 -> BOMB;
          case 1 -> blindly(BOMB);
          default -> Zstd.compress(new byte[random.nextInt(2000)]);
        };
    byte[] out = new byte[at + FrameHeader.BYTES + packed.length];
    System.arraycopy(file, 0, out, 0, at);
    System.arraycopy(packed, 0, out, at + FrameHeader.BYTES, packed.length);
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int count = random.nextBoolean() ? bytes.getInt(at + 24) : extreme();
    int payload = random.nextBoolean() ? bytes.getInt(at + 28) : extreme();
    new FrameHeader(
            packed.length,
            bytes.getLong(at + 8),
            bytes.getLong(at + 16),
            count,
            payload,
            true,
            checksum(packed, 0, packed.length))
        .encode(ByteBuffer.wrap(out), at);
    return out;
  }

  /** A state file whose slots say something else, and are sound. */
  byte[] stateWithSoundChecksums(byte[] file) {
    if (file.length < StateFile.FILE_BYTES) {
      return blindly(file);
    }
    byte[] changed = file.clone();
    ByteBuffer bytes = ByteBuffer.wrap(changed);
    for (int slot = 0; slot < 2; slot++) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      int at = slot * StateFile.SLOT_BYTES;
      switch (random.nextInt(6)) {
        case 0 -> bytes.putInt(at + 4, 1 + random.nextInt(3));
        case 1 -> bytes.putLong(at + 8 + 8 * random.nextInt(5), extremeLong());
        case 2 -> bytes.putInt(at + 48, extreme());
        case 3 -> bytes.putInt(at + 52, extreme());
        case 4 -> bytes.putLong(at + 56, extremeLong());
        default -> {
          for (int i = random.nextInt(40); i >= 0; i--) {
            bytes.put(at + 72 + random.nextInt(100), (byte) random.nextInt());
          }
        }
      }
      CRC32C crc = new CRC32C();
      crc.update(changed, at, 68);
      crc.update(changed, at + 72, StateFile.SLOT_BYTES - 72);
      bytes.putInt(at + 68, (int) crc.getValue());
    }
    return changed;
  }

  private int extreme() {
    return random.nextInt(4) == 0 ? random.nextInt() : EXTREMES[random.nextInt(EXTREMES.length)];
  }

  private long extremeLong() {
    return random.nextInt(3) == 0
        ? random.nextLong(300)
        : LONG_EXTREMES[random.nextInt(LONG_EXTREMES.length)];
  }

  private static void mendHeader(byte[] file, int at) {
    ByteBuffer.wrap(file).putInt(at + 40, checksum(file, at, 40));
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
