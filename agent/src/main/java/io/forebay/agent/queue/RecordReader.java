package io.forebay.agent.queue;

import io.forebay.queue.Damage;
import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Copies records of a queue to a stream, beside a running agent. Blocks. */
public final class RecordReader {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final Duration POLL = Duration.ofMillis(25);

  private final Path directory;
  private final ScanOptions options;
  private final RecordFilter filter;
  private final RecordForm form;
  private final Consumer<Damage> damages;

  /**
   * @param options their {@code fromSequence} should be the filter's
   * @param damages told of what cannot be read
   */
  public RecordReader(
      Path directory,
      ScanOptions options,
      RecordFilter filter,
      RecordForm form,
      Consumer<Damage> damages) {
    this.directory = directory;
    this.options = options;
    this.filter = filter;
    this.form = form;
    this.damages = damages;
  }

  /**
   * Copies until the end of the queue, or for ever where the options say to follow it.
   *
   * @param progress told of the bytes read so far
   * @return how many records were copied
   * @throws ClosedOutputException when nobody reads the stream any more
   */
  public long copyTo(OutputStream target, LongConsumer progress)
      throws IOException, InterruptedException {
    long copied = 0;
    try (QueueScan scan = new QueueScan(directory, options, damages)) {
      OutputStream out = new BufferedOutputStream(new TellingStream(target), BUFFER_BYTES);
      while (scan.sequence() <= filter.to()) {
        StoredFrame frame = scan.next();
        if (frame == null) {
          out.flush();
          if (!options.follow()) {
            break;
          }
          Thread.sleep(POLL.toMillis());
        } else {
          copied += copy(frame, out);
          progress.accept(scan.bytesRead());
        }
      }
      out.flush();
    }
    return copied;
  }

  private int copy(StoredFrame frame, OutputStream out) throws IOException {
    int copied = 0;
    for (int i = 0; i < frame.count(); i++) {
      if (filter.accepts(frame, i)) {
        form.write(frame, i, out);
        copied++;
      }
    }
    return copied;
  }

  /** Nobody reads what is written any more. */
  public static final class ClosedOutputException extends IOException {
    private static final long serialVersionUID = 1L;

    ClosedOutputException(IOException cause) {
      super("the output cannot be written: " + cause.getMessage(), cause);
    }
  }

  /** Tells a failure to write from a failure to read. */
  private static final class TellingStream extends OutputStream {

    private final OutputStream to;

    TellingStream(OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        to.write(bytes, offset, length);
      } catch (IOException e) {
        throw new ClosedOutputException(e);
      }
    }
  }
}
