package io.forebay.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The least that the same bytes can cost: a length and a CRC32C before each piece, segments of 64
 * MiB, no bookkeeping, no recovery. What a queue is measured against. Not thread safe.
 */
final class BareLog implements Closeable {

  private static final int HEADER_BYTES = 8;

  private final Path directory;
  private final int keptSegments;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
  private FileChannel channel;
  private int segment;
  private long position;

  /**
   * @param keptSegments how many segments stay; older ones are deleted
   */
  BareLog(Path directory, int keptSegments) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.keptSegments = keptSegments;
    this.channel = open(0, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Writes one piece; durable after {@link #sync}. */
  void append(ByteBuffer piece) throws IOException {
    int bytes = piece.remaining();
    if (position + HEADER_BYTES + bytes > Workspace.SEGMENT_BYTES) {
      roll();
    }
    crc.reset();
    crc.update(piece.duplicate());
    buffer.clear().putInt(bytes).putInt((int) crc.getValue()).put(piece.duplicate()).flip();
    while (buffer.hasRemaining()) {
      position += channel.write(buffer);
    }
  }

  void sync() throws IOException {
    channel.force(false);
  }

  /**
   * Reads all pieces from the oldest segment on and checks them.
   *
   * @return bytes of all pieces
   */
  long readAll() throws IOException {
    long sum = 0;
    for (int i = Math.max(0, segment - keptSegments + 1); i <= segment; i++) {
      try (FileChannel in = open(i, StandardOpenOption.READ)) {
        sum += readAll(in);
      }
    }
    return sum;
  }

  private long readAll(FileChannel in) throws IOException {
    long sum = 0;
    buffer.clear();
    while (in.read(buffer) >= 0) {
      buffer.flip();
      while (buffer.remaining() >= HEADER_BYTES) {
        int bytes = buffer.getInt(buffer.position());
        if (buffer.remaining() < HEADER_BYTES + bytes) {
          break;
        }
        int start = buffer.position() + HEADER_BYTES;
        crc.reset();
        crc.update(buffer.duplicate().limit(start + bytes).position(start));
        if ((int) crc.getValue() != buffer.getInt(buffer.position() + 4)) {
          throw new IOException("the checksum does not fit");
        }
        sum += bytes;
        buffer.position(start + bytes);
      }
      buffer.compact();
    }
    return sum;
  }

  private void roll() throws IOException {
    channel.close();
    segment++;
    position = 0;
    channel = open(segment, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Files.deleteIfExists(path(segment - keptSegments));
  }

  private FileChannel open(int number, StandardOpenOption... how) throws IOException {
    return FileChannel.open(path(number), how);
  }

  private Path path(int number) {
    return directory.resolve(number + ".segment");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
