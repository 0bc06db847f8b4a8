package io.forebay.agent.queue;

import io.forebay.agent.queue.RecordAppender.QueueFullException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Puts the lines of a file into a queue that nothing uses. Blocks. */
public final class RecordImport {

  private static final int MAX_LINE_BYTES = 32 << 20;

  private final QueueLocation target;
  private final LongConsumer progress;
  private long lines;
  private long bytes;

  /**
   * @param progress told of the bytes read so far
   */
  public RecordImport(QueueLocation target, LongConsumer progress) {
    this.target = target;
    this.progress = progress;
  }

  /**
   * Appends a record for each line that is not blank: as {@code queue cat} and {@code queue export}
   * print them, with or without numbers. All are durable when it returns.
   *
   * @param name of the file, for messages
   * @param skip lines to leave out at the beginning
   * @return how many records were appended
   * @throws io.forebay.queue.QueueLockedException when the queue is in use
   * @throws IOException with a sentence that says which line is wrong, and how to go on: what
   *     stands before it is in the queue
   */
  public long run(InputStream file, String name, long skip) throws IOException {
    try (QueueStore store = QueueStore.bounded(target)) {
      RecordAppender appender = new RecordAppender(store.queue());
      InputStream in = new BufferedInputStream(file, 1 << 16);
      long durableLines = skip;
      try {
        for (byte[] line = next(in); line != null; line = next(in)) {
          if (lines > skip && !isBlank(line)) {
            byte[] record = RecordLine.record(line);
            long before = appender.appended();
            appender.add(record, 0, record.length);
            durableLines = appender.appended() > before ? lines : durableLines;
          }
          progress.accept(bytes);
        }
        appender.flush();
      } catch (QueueFullException e) {
        throw new IOException(
            target.directory()
                + " is full ("
                + e.bound()
                + "); "
                + goOn(name, appender.appended(), durableLines)
                + " once there is room",
            e);
      } catch (IOException e) {
        appender.flush();
        throw new IOException(
            name
                + ":"
                + lines
                + ": the line "
                + e.getMessage()
                + "; "
                + goOn(name, appender.appended(), lines - 1)
                + " once it is mended",
            e);
      }
      return appender.appended();
    }
  }

  private static String goOn(String name, long records, long lines) {
    return records + " records are in the queue, so go on with --skip " + lines + " " + name;
  }

  /** The next line without its line feed; null at the end. */
  private byte @Nullable [] next(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    while (true) {
      int b = in.read();
      if (b < 0 && line.size() == 0) {
        return null;
      }
      bytes++;
      if (b < 0 || b == '\n') {
        lines++;
        return line.toByteArray();
      }
      if (line.size() == MAX_LINE_BYTES) {
        lines++;
        throw new IOException("is longer than " + MAX_LINE_BYTES + " bytes");
      }
      line.write(b);
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
