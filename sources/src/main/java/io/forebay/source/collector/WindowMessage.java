package io.forebay.source.collector;

import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.item.ByteSlice;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One {@code StreamEventsRequest} as it arrived: the items are views of the message's bytes, so
 * that they are copied once, from the wire. Filled by {@link WindowMessageMarshaller}.
 */
final class WindowMessage {

  /** So that a message of empty events cannot become a heap full of items. */
  static final int MAX_EVENTS = 1 << 16;

  static final int MAX_GAPS = 1 << 12;

  // An item and its view, beside its bytes.
  private static final int EVENT_OVERHEAD_BYTES = 96;

  /** A range of numbers without events; both ends belong to it. */
  record Gap(long first, long last, GapReason reason) {}

  private static final Gap[] NO_GAPS = new Gap[0];

  private final byte[] bytes;
  private final int wireBytes;
  private String agentId = "";
  private long epoch;
  private boolean continues;
  private long continuesFrom;
  private Gap[] gaps = NO_GAPS;
  private int gapCount;
  private long[] sequences = new long[32];
  private int[] offsets = new int[32];
  private int[] lengths = new int[32];
  private int eventCount;
  private @Nullable String fault;
  private boolean tooLarge;

  /**
   * @param bytes the message, with at least one byte more behind it
   * @param wireBytes length of the message
   */
  WindowMessage(byte[] bytes, int wireBytes) {
    this.bytes = bytes;
    this.wireBytes = wireBytes;
  }

  /** Something that is no message. */
  static WindowMessage malformed(String fault) {
    WindowMessage message = new WindowMessage(new byte[1], 0);
    message.fault = fault;
    return message;
  }

  /** A message that is larger than the bound once it is decompressed. */
  static WindowMessage tooLarge(String fault) {
    WindowMessage message = malformed(fault);
    message.tooLarge = true;
    return message;
  }

  void agentId(String value) {
    agentId = value;
  }

  void epoch(long value) {
    epoch = value;
  }

  void continuesFrom(long value) {
    continues = true;
    continuesFrom = value;
  }

  void addGap(Gap gap) {
    if (gapCount == gaps.length) {
      gaps = Arrays.copyOf(gaps, Math.max(4, 2 * gapCount));
    }
    gaps[gapCount++] = gap;
  }

  void addEvent(long sequence, int offset, int length) {
    if (eventCount == sequences.length) {
      int more = 2 * eventCount;
      sequences = Arrays.copyOf(sequences, more);
      offsets = Arrays.copyOf(offsets, more);
      lengths = Arrays.copyOf(lengths, more);
    }
    sequences[eventCount] = sequence;
    offsets[eventCount] = offset;
    lengths[eventCount++] = length;
  }

  /** Why it is no message at all, or null. */
  @Nullable String fault() {
    return fault;
  }

  boolean isTooLarge() {
    return tooLarge;
  }

  String agentId() {
    return agentId;
  }

  long epoch() {
    return epoch;
  }

  /** Whether {@link #continuesFrom} was sent. */
  boolean continues() {
    return continues;
  }

  long continuesFrom() {
    return continuesFrom;
  }

  int gapCount() {
    return gapCount;
  }

  Gap gap(int index) {
    return gaps[index];
  }

  int eventCount() {
    return eventCount;
  }

  long sequence(int index) {
    return sequences[index];
  }

  /** Bytes of the message on the wire, decompressed. */
  int wireBytes() {
    return wireBytes;
  }

  /** Bytes of memory that it is counted for. */
  long weight() {
    return wireBytes + (long) EVENT_OVERHEAD_BYTES * eventCount;
  }

  /**
   * The item's bytes with a line feed at the end, which is added where it is missing. To be asked
   * after the whole message was read.
   */
  ByteSlice line(int index) {
    int offset = offsets[index];
    int length = lengths[index];
    if (length == 0 || bytes[offset + length - 1] != '\n') {
      // What stands there is the frame of the next field, which nobody reads any more.
      bytes[offset + length] = '\n';
      length++;
    }
    return ByteSlice.of(bytes, offset, length);
  }

  /** The first number that the message tells anything of, or -1. */
  long firstNumber() {
    if (gapCount > 0) {
      return gaps[0].first();
    }
    return eventCount > 0 ? sequences[0] : -1;
  }
}
