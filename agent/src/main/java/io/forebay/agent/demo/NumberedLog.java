package io.forebay.agent.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An application's log file that grows: numbered lines for the tailing source. Not thread safe. */
final class NumberedLog implements AutoCloseable {

  /** How its lines begin, so that they are told from those of {@code demo_input}. */
  static final String MARK = "app-log ";

  private final FileChannel channel;
  private long written;

  NumberedLog(Path file) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Appends {@code count} lines. */
  void write(int count) throws IOException {
    StringBuilder lines = new StringBuilder(count * 64);
    for (int i = 0; i < count; i++) {
      written++;
      lines.append(String.format("%slevel=info SEQ=%010d msg=\"order accepted\"%n", MARK, written));
    }
    ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Lines written so far. */
  long written() {
    return written;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
