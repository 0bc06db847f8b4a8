package io.forebay.source.file;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.source.line.LineCut;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file in chunks, each into an array of its own that its items share. A chunk begins where
 * an item does; what is incomplete at its end is read again with the next one, so nothing has to be
 * carried over and every batch is a whole range of the file.
 */
final class ChunkReader {

  /** Bytes of a chunk; more where an item does not fit. */
  static final int CHUNK_BYTES = 128 * 1024;

  /**
   * Items read.
   *
   * @param range where they lie in the file
   * @param memoryBytes size of the array that they share
   * @param cutLines lines that were cut
   * @param cutBytes what was cut from them
   */
  record Chunk(List<Item> items, Range range, int memoryBytes, int cutLines, long cutBytes) {}

  /** Makes the items of one chunk. */
  private static final class Collector implements ItemScanner.Findings {
    private final List<Item> items = new ArrayList<>(1024);
    private final ItemFields.Stamped template;
    private int cutLines;
    private long cutBytes;

    Collector(ItemFields.Stamped template) {
      this.template = template;
    }

    @Override
    public void item(ByteSlice body) {
      items.add(template.item(body));
    }

    @Override
    public void cut(long bytes) {
      cutLines++;
      cutBytes += bytes;
    }
  }

  private final ItemScanner scanner;

  ChunkReader(ItemScanner scanner) {
    this.scanner = scanner;
  }

  /**
   * Reads the next items, and moves the position behind them.
   *
   * @param end offset up to which the file may be read
   * @param ending what is known of the bytes behind {@code end}
   * @return null when no item is complete; then there is more to do only if the position has not
   *     {@linkplain ReadPosition#seen seen} everything up to {@code end}
   */
  @Nullable Chunk read(
      FileChannel channel, ReadPosition at, long end, Ending ending, ItemFields.Stamped template)
      throws IOException {
    if (at.inLongLine()) {
      return readLongLine(channel, at, end, ending, template);
    }
    int want = CHUNK_BYTES;
    while (true) {
      byte[] bytes = readFully(channel, at.next(), Math.min(want, end - at.next()));
      boolean toEnd = at.next() + bytes.length == end;
      Collector found = new Collector(template);
      int consumed = scanner.scan(bytes, bytes.length, toEnd ? ending : Ending.OPEN, found);
      boolean sufficient = bytes.length >= scanner.sufficientBytes();
      if (consumed == 0 && sufficient) {
        // The line at the end of the chunk is too long. What is before it is complete.
        consumed = scanner.scan(bytes, bytes.length, Ending.QUIET, found);
      }
      if (consumed > 0) {
        return chunk(at, at.next() + consumed, Tail.of(bytes, consumed), bytes.length, found);
      }
      if (sufficient) {
        at.enterLongLine(at.next() + bytes.length);
        return null;
      }
      if (toEnd || bytes.length < want) {
        at.sawUpTo(at.next() + bytes.length);
        return null;
      }
      want = Math.min(want * 2, Math.max(want + 1, scanner.sufficientBytes()));
    }
  }

  private @Nullable Chunk readLongLine(
      FileChannel channel, ReadPosition at, long end, Ending ending, ItemFields.Stamped template)
      throws IOException {
    byte[] bytes = readFully(channel, at.seen(), Math.min(CHUNK_BYTES, end - at.seen()));
    int feed = 0;
    while (feed < bytes.length && bytes[feed] != '\n') {
      feed++;
    }
    long lineEnd = at.seen() + feed;
    boolean ended = feed < bytes.length;
    if (!ended && (lineEnd < end || ending != Ending.FINAL)) {
      at.sawUpTo(lineEnd);
      return null;
    }
    int max = scanner.maxLineBytes();
    byte[] body = readFully(channel, at.next(), Math.min(max + 1L, lineEnd - at.next()));
    Collector found = new Collector(template);
    int kept = LineCut.keep(body, 0, body.length, max);
    found.item(ByteSlice.of(body, 0, kept));
    if (kept < lineEnd - at.next()) {
      found.cut(lineEnd - at.next() - kept);
    }
    return chunk(
        at,
        ended ? lineEnd + 1 : lineEnd,
        ended ? Tail.of(bytes, feed + 1) : Tail.UNKNOWN,
        body.length,
        found);
  }

  private static Chunk chunk(
      ReadPosition at, long end, Tail tail, int memoryBytes, Collector found) {
    Range range = new Range(at.next(), end, found.items.size(), tail);
    at.moveTo(end);
    return new Chunk(found.items, range, memoryBytes, found.cutLines, found.cutBytes);
  }

  /** Reads so many bytes, or fewer where the file has fewer by now. */
  private static byte[] readFully(FileChannel channel, long offset, long count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        return Arrays.copyOf(buffer.array(), buffer.position());
      }
    }
    return buffer.array();
  }
}
