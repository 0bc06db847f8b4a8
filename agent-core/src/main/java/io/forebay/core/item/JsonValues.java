package io.forebay.core.item;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values, as an {@link Item} has them, as JSON. */
public final class JsonValues {

  /** Deeper values are written as null, so that a crafted value cannot exhaust the stack. */
  private static final int MAX_DEPTH = 65;

  private JsonValues() {}

  /** Writes an attribute value, a map of such values or null. */
  public static void write(@Nullable Object value, EncodedLines out) {
    writeValue(value, out, 0);
  }

  /**
   * Writes bytes of UTF-8 as a text, quotes included.
   *
   * @return false when the bytes are not well-formed UTF-8; then nothing was written
   */
  public static boolean writeUtf8(ByteSlice text, EncodedLines out) {
    return JsonStrings.writeUtf8(out, text.array(), text.offset(), text.length());
  }

  /** Writes a text, quotes included. */
  public static void writeString(String text, EncodedLines out) {
    // Encoding a String replaces what UTF-16 cannot express, so the bytes are always well formed.
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    JsonStrings.writeUtf8(out, utf8, 0, utf8.length);
  }

  private static void writeMap(Map<?, ?> map, EncodedLines out, int depth) {
    out.write((byte) '{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!first) {
        out.write((byte) ',');
      }
      first = false;
      writeString(String.valueOf(entry.getKey()), out);
      out.write((byte) ':');
      writeValue(entry.getValue(), out, depth);
    }
    out.write((byte) '}');
  }

  private static void writeValue(@Nullable Object value, EncodedLines out, int depth) {
    if (value == null || depth >= MAX_DEPTH) {
      out.writeAscii("null");
    } else if (value instanceof String text) {
      writeString(text, out);
    } else if (value instanceof Long || value instanceof Integer) {
      out.writeLong(((Number) value).longValue());
    } else if (value instanceof Double number && !Double.isFinite(number)) {
      out.writeAscii("null");
    } else if (value instanceof Boolean || value instanceof Number) {
      out.writeAscii(value.toString());
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map, out, depth + 1);
    } else if (value instanceof List<?> list) {
      out.write((byte) '[');
      for (int i = 0; i < list.size(); i++) {
        if (i > 0) {
          out.write((byte) ',');
        }
        writeValue(list.get(i), out, depth + 1);
      }
      out.write((byte) ']');
    } else {
      writeString(value.toString(), out);
    }
  }
}
