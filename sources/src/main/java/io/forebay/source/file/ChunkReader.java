package io.forebay.source.file;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.source.line.ChunkPool;
import io.forebay.source.line.LineCut;
import io.forebay.source.line.LineFeeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file in chunks, each into an array that its items share. A chunk begins where an item
 * does; what is incomplete at its end is read again with the next one, so nothing has to be carried
 * over and every batch is a whole range of the file.
 */
final class ChunkReader {

  /** Bytes of a chunk; more where an item does not fit. */
  static final int CHUNK_BYTES = 256 * 1024;

  /**
   * Items read.
   *
   * @param range where they lie in the file
   * @param memory the array that they share
   * @param cutLines lines that were cut
   * @param cutBytes what was cut from them
   */
  @SuppressWarnings("ArrayRecordComponent") // the array itself is meant, to be used again
  record Chunk(List<Item> items, Range range, byte[] memory, int cutLines, long cutBytes) {}

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
  private final ChunkPool pool;

  /**
   * @param pool arrays of {@link #CHUNK_BYTES}; what a chunk's items share goes back there when
   *     nobody reads it any more
   */
  ChunkReader(ItemScanner scanner, ChunkPool pool) {
    this.scanner = scanner;
    this.pool = pool;
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
      int count = (int) Math.min(want, end - at.next());
      byte[] bytes = pool.take(count);
      int length = readFully(channel, at.next(), bytes, count);
      boolean toEnd = at.next() + length == end;
      Collector found = new Collector(template);
      int consumed = scanner.scan(bytes, length, toEnd ? ending : Ending.OPEN, found);
      boolean sufficient = length >= scanner.sufficientBytes();
      if (consumed == 0 && sufficient) {
        // The line at the end of the chunk is too long. What is before it is complete.
        consumed = scanner.scan(bytes, length, Ending.QUIET, found);
      }
      if (consumed > 0) {
        return chunk(at, at.next() + consumed, Tail.of(bytes, consumed), bytes, found);
      }
      pool.give(bytes);
      if (sufficient) {
        at.enterLongLine(at.next() + length);
        return null;
      }
      if (toEnd || length < want) {
        at.sawUpTo(at.next() + length);
        return null;
      }
      want = Math.min(want * 2, Math.max(want + 1, scanner.sufficientBytes()));
    }
  }

  private @Nullable Chunk readLongLine(
      FileChannel channel, ReadPosition at, long end, Ending ending, ItemFields.Stamped template)
      throws IOException {
    int count = (int) Math.min(CHUNK_BYTES, end - at.seen());
    byte[] bytes = pool.take(count);
    int length = readFully(channel, at.seen(), bytes, count);
    int feed = LineFeeds.indexOf(bytes, 0, length);
    boolean ended = feed >= 0;
    long lineEnd = at.seen() + (ended ? feed : length);
    Tail tail = ended ? Tail.of(bytes, feed + 1) : Tail.UNKNOWN;
    pool.give(bytes);
    if (!ended && (lineEnd < end || ending != Ending.FINAL)) {
      at.sawUpTo(lineEnd);
      return null;
    }
    int max = scanner.maxLineBytes();
    byte[] body = new byte[(int) Math.min(max + 1L, lineEnd - at.next())];
    int bodyLength = readFully(channel, at.next(), body, body.length);
    Collector found = new Collector(template);
    int kept = LineCut.keep(body, 0, bodyLength, max);
    found.item(ByteSlice.of(body, 0, kept));
    if (kept < lineEnd - at.next()) {
      found.cut(lineEnd - at.next() - kept);
    }
    return chunk(at, ended ? lineEnd + 1 : lineEnd, tail, body, found);
  }

  private static Chunk chunk(ReadPosition at, long end, Tail tail, byte[] memory, Collector found) {
    Range range = new Range(at.next(), end, found.items.size(), tail);
    at.moveTo(end);
    return new Chunk(found.items, range, memory, found.cutLines, found.cutBytes);
  }

  /** Reads so many bytes, or fewer where the file has fewer by now, and says how many. */
  private static int readFully(FileChannel channel, long offset, byte[] into, int count)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.position();
  }
}
