package io.forebay.source.line;

import io.forebay.core.component.NodeListener;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches of the lines of a stream that cannot be read again. Lines that were cut are told to
 * the listener, and so are those whose batch failed, for they are lost. Not thread safe.
 */
public final class LineBatches {

  private final LineSplitter splitter;
  private final Map<String, @Nullable Object> attributes;
  private final Clock clock;
  private final NodeListener listener;
  private long cutLines;
  private long skippedBytes;

  /**
   * @param maxLineBytes longest line in bytes
   * @param attributes of every item
   */
  public LineBatches(
      int maxLineBytes,
      Map<String, @Nullable Object> attributes,
      Clock clock,
      NodeListener listener) {
    this.splitter = new LineSplitter(maxLineBytes);
    this.attributes = attributes;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * The lines that the next bytes complete.
   *
   * @return null when no line is complete
   */
  public @Nullable Batch next(ByteSlice chunk) {
    List<Item> items = new ArrayList<>();
    long now = clock.millis();
    splitter.split(
        chunk.array(),
        chunk.offset(),
        chunk.length(),
        line -> items.add(Item.log(now, line, Map.of(), attributes)));
    return batch(items);
  }

  /** The last line, if it has no line feed; ready for another stream then. */
  public @Nullable Batch last() {
    List<Item> items = new ArrayList<>();
    long now = clock.millis();
    splitter.finish(line -> items.add(Item.log(now, line, Map.of(), attributes)));
    return batch(items);
  }

  private @Nullable Batch batch(List<Item> items) {
    long cut = splitter.cutLines() - cutLines;
    if (cut > 0) {
      cutLines += cut;
      listener.onEvent("line_cut", cut);
    }
    long skipped = splitter.skippedBytes() - skippedBytes;
    if (skipped > 0) {
      skippedBytes += skipped;
      listener.onDropped("line_cut", 0, skipped);
    }
    return items.isEmpty() ? null : Batch.of(items, lostUnlessSafe(items.size(), bytes(items)));
  }

  private static long bytes(List<Item> items) {
    long sum = 0;
    for (Item item : items) {
      sum += item.body().length();
    }
    return sum;
  }

  private Acknowledgement lostUnlessSafe(int items, long bytes) {
    return Acknowledgement.of(
        safe -> {
          if (!safe) {
            listener.onDropped("unacknowledged", items, bytes);
          }
        });
  }
}
