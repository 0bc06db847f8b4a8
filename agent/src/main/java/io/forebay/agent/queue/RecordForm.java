package io.forebay.agent.queue;

import io.forebay.queue.StoredFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** How records are written out, one a line. */
public enum RecordForm {
  /** The record as it is, with a line feed at its end where it has none: NDJSON. */
  LINES {
    @Override
    public void write(StoredFrame frame, int i, OutputStream out) throws IOException {
      byte[] bytes = frame.bytes();
      int offset = frame.offset(i);
      int length = frame.length(i);
      out.write(bytes, offset, length);
      if (length == 0 || bytes[offset + length - 1] != '\n') {
        out.write('\n');
      }
    }
  },

  /**
   * With its number and time: {@code {"sequence":5,"appended_at":1735789700000,"record":{…}}}. A
   * record that is no line of JSON travels as {@code record_base64}, so that no byte is altered.
   */
  NUMBERED {
    @Override
    public void write(StoredFrame frame, int i, OutputStream out) throws IOException {
      byte[] bytes = frame.bytes();
      int offset = frame.offset(i);
      int length = frame.length(i);
      ByteArrayOutputStream line = new ByteArrayOutputStream(length + 96);
      ascii(line, "{\"sequence\":" + (frame.firstSequence() + i));
      ascii(line, ",\"appended_at\":" + frame.appendedAtMillis());
      if (JsonLine.isObjectLine(bytes, offset, length)) {
        ascii(line, ",\"record\":");
        line.write(bytes, offset, length - 1);
      } else {
        ascii(line, ",\"record_base64\":\"");
        byte[] record = Arrays.copyOfRange(bytes, offset, offset + length);
        line.writeBytes(Base64.getEncoder().encode(record));
        line.write('"');
      }
      ascii(line, "}\n");
      line.writeTo(out);
    }
  },

  /** Of a dead letter the item alone; any other record as it is. */
  ITEMS {
    @Override
    public void write(StoredFrame frame, int i, OutputStream out) throws IOException {
      DeadLetter letter = DeadLetter.read(frame.bytes(), frame.offset(i), frame.length(i));
      if (letter == null) {
        LINES.write(frame, i, out);
        return;
      }
      out.write(frame.bytes(), frame.offset(i) + letter.itemOffset(), letter.itemLength());
      out.write('\n');
    }
  };

  /** Writes record {@code i} of the frame and a line feed. */
  public abstract void write(StoredFrame frame, int i, OutputStream out) throws IOException;

  private static void ascii(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
