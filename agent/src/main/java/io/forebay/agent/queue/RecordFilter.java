package io.forebay.agent.queue;

import io.forebay.queue.StoredFrame;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which records a command is about.
 *
 * @param from lowest sequence number
 * @param to highest sequence number, itself included
 * @param settledToo also records that were delivered and still lie on the disk
 * @param grep is found in the record, taken for UTF-8; null for any
 * @param reason is found in the reason of the dead letter; null for any record
 */
public record RecordFilter(
    long from, long to, boolean settledToo, @Nullable Pattern grep, @Nullable Pattern reason) {

  public static final RecordFilter ALL = new RecordFilter(0, Long.MAX_VALUE, false, null, null);

  /** Whether the record of a frame is one of them. */
  public boolean accepts(StoredFrame frame, int index) {
    long sequence = frame.firstSequence() + index;
    return sequence >= from
        && sequence <= to
        && (settledToo || !frame.isSettled(index))
        && accepts(frame.bytes(), frame.offset(index), frame.length(index));
  }

  /** Whether a record of these bytes is one of them, whatever its number. */
  public boolean accepts(byte[] bytes, int offset, int length) {
    Pattern text = grep;
    if (text != null) {
      String record = new String(bytes, offset, length, StandardCharsets.UTF_8);
      if (!text.matcher(record).find()) {
        return false;
      }
    }
    Pattern why = reason;
    if (why == null) {
      return true;
    }
    DeadLetter letter = DeadLetter.read(bytes, offset, length);
    return letter != null && why.matcher(letter.reason()).find();
  }

  /** Whether every record is one of them. */
  public boolean isEverything() {
    return from <= 0 && to == Long.MAX_VALUE && grep == null && reason == null;
  }
}
