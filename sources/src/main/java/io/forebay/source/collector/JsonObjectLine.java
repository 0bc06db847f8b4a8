package io.forebay.source.collector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells whether bytes are one JSON object in UTF-8 on one line (RFC 8259): a look at each byte,
 * eight at a time within strings, and no object made. Stricter parsers find nothing wrong with what
 * passes, save numbers and nesting beyond their own bounds.
 */
final class JsonObjectLine {

  private static final int MAX_DEPTH = 100;
  private static final byte[] TYPE_KEY = "\"_type\"".getBytes(StandardCharsets.US_ASCII);
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** What bytes are. */
  enum Form {
    /** No JSON object on one line. */
    OTHER,
    OBJECT,
    /** An object with the key {@code _type}, as the own encoding has it. */
    ITEM
  }

  private final byte[] bytes;
  private final int end;
  private int at;
  private boolean typed;

  private JsonObjectLine(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /** What {@code [from, to)} is; blanks around an object do not matter. */
  static Form formOf(byte[] bytes, int from, int to) {
    JsonObjectLine line = new JsonObjectLine(bytes, from, to);
    line.blanks();
    if (line.peek() != '{' || !line.value(0) || !line.isAtEnd()) {
      return Form.OTHER;
    }
    return line.typed ? Form.ITEM : Form.OBJECT;
  }

  private boolean isAtEnd() {
    blanks();
    return at == end;
  }

  /** The next byte, or -1 at the end, which no byte below 0x80 is. */
  private int peek() {
    return at < end ? bytes[at] : -1;
  }

  private void blanks() {
    while (at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
      at++;
    }
  }

  private boolean skip(char expected) {
    blanks();
    boolean there = peek() == expected;
    at += there ? 1 : 0;
    return there;
  }

  private boolean value(int depth) {
    blanks();
    return switch (peek()) {
      case '{' -> depth < MAX_DEPTH && members(depth + 1);
      case '[' -> depth < MAX_DEPTH && elements(depth + 1);
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> number();
    };
  }

  private boolean members(int depth) {
    at++;
    if (skip('}')) {
      return true;
    }
    do {
      blanks();
      int key = at;
      if (peek() != '"' || !string()) {
        return false;
      }
      typed |= depth == 1 && Arrays.equals(bytes, key, at, TYPE_KEY, 0, TYPE_KEY.length);
      if (!skip(':') || !value(depth)) {
        return false;
      }
    } while (skip(','));
    return skip('}');
  }

  private boolean elements(int depth) {
    at++;
    if (skip(']')) {
      return true;
    }
    do {
      if (!value(depth)) {
        return false;
      }
    } while (skip(','));
    return skip(']');
  }

  private boolean literal(String word) {
    if (end - at < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (bytes[at++] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean number() {
    if (peek() == '-') {
      at++;
    }
    int first = peek();
    int digits = digits();
    if (digits == 0 || (first == '0' && digits > 1)) {
      return false;
    }
    if (peek() == '.') {
      at++;
      if (digits() == 0) {
        return false;
      }
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      return digits() > 0;
    }
    return true;
  }

  private int digits() {
    int from = at;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at - from;
  }

  private boolean string() {
    at++;
    while (true) {
      skipPlain();
      if (at >= end) {
        return false;
      }
      byte b = bytes[at];
      if (b == '"') {
        at++;
        return true;
      }
      if (b == '\\') {
        if (!escape()) {
          return false;
        }
      } else if (b < 0) {
        if (!character()) {
          return false;
        }
      } else if (b < ' ') {
        return false;
      } else {
        at++;
      }
    }
  }

  /** Passes over words of eight bytes in which there is nothing but plain ASCII. */
  private void skipPlain() {
    for (int last = end - Long.BYTES; at <= last; at += Long.BYTES) {
      long word = (long) WORDS.get(bytes, at);
      long quotes = word ^ LOW_BITS * '"';
      long slashes = word ^ LOW_BITS * '\\';
      // High bits of bytes that are below a blank, a quote, a backslash or no ASCII; a borrow may
      // set one too many, never one too few, and then the bytes are looked at one by one.
      long special =
          ((word - LOW_BITS * ' ') | (quotes - LOW_BITS) | (slashes - LOW_BITS) | word) & HIGH_BITS;
      if (special != 0) {
        return;
      }
    }
  }

  private boolean escape() {
    if (end - at < 2) {
      return false;
    }
    byte b = bytes[at + 1];
    at += 2;
    if (b != 'u') {
      return b == '"' || b == '\\' || b == '/' || b == 'b' || b == 'f' || b == 'n' || b == 'r'
          || b == 't';
    }
    if (end - at < 4) {
      return false;
    }
    for (int i = 0; i < 4; i++) {
      if (Character.digit(bytes[at++], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** One character of several bytes in UTF-8: no longer form than needed, no surrogate. */
  private boolean character() {
    int lead = bytes[at++] & 0xff;
    int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || end - at < more) {
      return false;
    }
    int second = bytes[at] & 0xff;
    boolean wrong =
        (lead == 0xe0 && second < 0xa0)
            || (lead == 0xed && second > 0x9f)
            || (lead == 0xf0 && second < 0x90)
            || (lead == 0xf4 && second > 0x8f);
    for (int i = 0; i < more; i++) {
      wrong |= (bytes[at++] & 0xc0) != 0x80;
    }
    return !wrong;
  }
}
