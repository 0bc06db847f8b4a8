package io.forebay.source.collector;

import io.forebay.source.cursor.CursorPath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The disk as a journal sees it. Blocks; for one thread. */
interface JournalDisk {

  /** A file that only grows. */
  interface Tail extends Closeable {
    /** Writes all of it at the end and syncs; on return it is durable. */
    void append(ByteBuffer bytes) throws IOException;
  }

  /** Where the journal is, for people. */
  Path path();

  /** All of the journal; empty when there is none. */
  byte[] read() throws IOException;

  /** Replaces the journal as a whole, durably; a crash leaves the old one or the new one. */
  Tail replace(ByteBuffer content) throws IOException;

  /** Keeps a copy of what {@link #read} gave, and says where. */
  Path keepCopy(long nowMillis) throws IOException;

  /** A journal in a file. */
  static JournalDisk of(CursorPath file) {
    return new JournalDisk() {
      @Override
      public Path path() {
        return file.path();
      }

      @Override
      public byte[] read() throws IOException {
        try {
          return Files.readAllBytes(file.path());
        } catch (NoSuchFileException e) {
          return new byte[0];
        }
      }

      @Override
      public Tail replace(ByteBuffer content) throws IOException {
        FileChannel channel = file.replace(content);
        return new Tail() {
          @Override
          public void append(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
            channel.force(false);
          }

          @Override
          public void close() throws IOException {
            channel.close();
          }
        };
      }

      @Override
      public Path keepCopy(long nowMillis) throws IOException {
        Path name = file.path().getFileName();
        Path copy = file.path().resolveSibling(name + ".damaged-" + nowMillis);
        return Files.copy(file.path(), copy);
      }
    };
  }
}
