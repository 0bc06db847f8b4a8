package io.forebay.destination.collector;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.forebay.core.collector.v1.Event;
import io.forebay.core.collector.v1.Gap;
import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SequenceRange;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one window, made one at a time, so that no more of it is in memory twice than the
 * wire takes. An item that is encoded already is not copied. Not thread safe.
 */
final class WindowMessages {

  /** Tag, varint and length of an event and of its fields at most, beside the item itself. */
  private static final int MAX_EVENT_FRAME_BYTES = 32;

  private final String agentId;
  private final Numbering numbering;
  private final List<Item> items;
  private final WindowPlan.Send plan;
  private final int maxEvents;
  private final int maxBytes;
  private final ItemEncoder encoder;

  private int index;
  private int range;
  private long number;
  private long untold;
  private boolean first = true;
  private boolean beforeFirstEvent = true;
  private @Nullable String tooLarge;

  /**
   * @param maxEvents in a message
   * @param maxBytes of an encoded message
   * @param encoder for items that are not encoded yet
   */
  WindowMessages(
      String agentId,
      Numbering numbering,
      List<Item> items,
      WindowPlan.Send plan,
      int maxEvents,
      int maxBytes,
      ItemEncoder encoder) {
    this.agentId = agentId;
    this.numbering = numbering;
    this.items = items;
    this.plan = plan;
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.encoder = encoder;
    this.untold = plan.untold();
    this.number = numbering.first();
    while (hasNext() && number < plan.from()) {
      advance();
    }
  }

  boolean hasNext() {
    return index < items.size();
  }

  /** Why the last call of {@link #next} made no message: an event that fits into none. */
  @Nullable String tooLarge() {
    return tooLarge;
  }

  /** The next message; null when its first event is too large for any. */
  @Nullable StreamEventsRequest next() {
    StreamEventsRequest.Builder message = StreamEventsRequest.newBuilder();
    if (first) {
      message.setAgentId(agentId).setEpoch(numbering.epoch());
      plan.continuesFrom().ifPresent(message::setContinuesFrom);
    }
    tellGapBefore(message);
    int bytes = message.build().getSerializedSize();
    List<ByteSlice> encoded = new ArrayList<>(Math.min(maxEvents, items.size() - index));
    EncodedLines lines = null;
    long firstNumber = number;
    while (hasNext() && encoded.size() < maxEvents && number == firstNumber + encoded.size()) {
      Item item = items.get(index);
      ByteSlice line = item.encoded();
      if (line == null) {
        if (lines == null) {
          lines = new EncodedLines(estimate(item));
        }
        int linesFrom = lines.size();
        encoder.encode(item, lines);
        // An array that has grown leaves the lines before in the old one.
        line = ByteSlice.of(lines.array(), linesFrom, lines.size() - linesFrom);
      }
      int more = MAX_EVENT_FRAME_BYTES + line.length();
      if (bytes + (long) more > maxBytes) {
        if (encoded.isEmpty()) {
          tooLarge =
              "an event of "
                  + line.length()
                  + " bytes does not fit into a message of "
                  + maxBytes
                  + " bytes";
          return null;
        }
        break;
      }
      bytes += more;
      encoded.add(line);
      advance();
    }
    for (int i = 0; i < encoded.size(); i++) {
      message.addEvents(event(firstNumber + i, encoded.get(i)));
    }
    first = false;
    return message.build();
  }

  private int estimate(Item item) {
    long events = Math.min(maxEvents, items.size() - index);
    return (int) Math.min(maxBytes, (item.weight() + 64L) * events);
  }

  private static Event event(long number, ByteSlice line) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(line.array(), line.offset(), line.length());
    return Event.newBuilder().setSequence(number).setItem(bytes).build();
  }

  private void advance() {
    index++;
    SequenceRange current = numbering.ranges().get(range);
    number++;
    untold = Math.max(untold, number);
    if (number == current.end() && range + 1 < numbering.ranges().size()) {
      range++;
      number = numbering.ranges().get(range).first();
    }
  }

  private void tellGapBefore(StreamEventsRequest.Builder message) {
    long truncated = Math.min(Math.max(untold, numbering.truncatedBelow()), number);
    addGap(message, untold, truncated, GapReason.GAP_REASON_TRUNCATED);
    if (plan.skippedToo() || !beforeFirstEvent) {
      addGap(message, truncated, number, GapReason.GAP_REASON_SKIPPED);
    }
    beforeFirstEvent = false;
    untold = number;
  }

  private static void addGap(
      StreamEventsRequest.Builder message, long from, long end, GapReason reason) {
    if (from < end) {
      message.addGaps(
          Gap.newBuilder().setFirstSequence(from).setLastSequence(end - 1).setReason(reason));
    }
  }
}
