package io.forebay.source.http;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemDecoder;
import io.forebay.source.line.LineFeeds;
import io.forebay.source.net.HostResource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns one body into items, which are slices of it. The content type says how; without one, or
 * with the one that {@code curl --data} sends on its own, the first byte does. For one body.
 */
final class BodyParser {

  /** So that a small body of many tiny lines cannot become a heap full of items. */
  static final int MAX_ITEMS = 500_000;

  private static final Set<String> NDJSON =
      Set.of(
          "application/x-ndjson",
          "application/ndjson",
          "application/jsonl",
          "application/x-jsonlines",
          "application/jsonlines",
          "application/json-lines");
  private static final byte[] TYPE_KEY = "\"_type\"".getBytes(StandardCharsets.US_ASCII);

  private final int maxLineBytes;
  private final long nowMillis;
  private final Map<String, @Nullable Object> attributes;
  private final List<Item> items = new ArrayList<>();
  private long cutLines;
  private long cutBytes;

  BodyParser(int maxLineBytes, long nowMillis, Map<String, @Nullable Object> attributes) {
    this.maxLineBytes = maxLineBytes;
    this.nowMillis = nowMillis;
    this.attributes = attributes;
  }

  /** Lines that were longer than the bound. */
  long cutLines() {
    return cutLines;
  }

  /** Bytes of such lines that were left out. */
  long cutBytes() {
    return cutBytes;
  }

  /**
   * The items of the body, in order.
   *
   * @param body must not be written to again
   * @throws Refusal 400 when it is declared to be JSON and is not, 413 beyond {@link #MAX_ITEMS}
   */
  List<Item> parse(byte[] body, int length, @Nullable String contentType) {
    int start = skipByteOrderMark(body, length);
    int first = skipWhitespace(body, start, length);
    byte opening = first < length ? body[first] : 0;
    String type = mediaType(contentType);
    if (type.equals("application/json") || type.endsWith("+json")) {
      if (opening == '[') {
        JsonElements.ofArray(body, first, length, this::addElement);
      } else if (opening == '{' && !isObjectOnOneLine(body, first, length)) {
        JsonElements.ofSequence(body, first, length, this::addElement);
      } else {
        addJsonLines(body, start, length);
      }
    } else if (NDJSON.contains(type)) {
      addJsonLines(body, start, length);
    } else if (!isUnsaid(type)) {
      addLines(body, start, length);
    } else if (opening == '{') {
      addJsonLines(body, start, length);
    } else if (opening != '[' || !addArrayIfItIsOne(body, first, length)) {
      addLines(body, start, length);
    }
    return items;
  }

  private static String mediaType(@Nullable String contentType) {
    if (contentType == null) {
      return "";
    }
    int end = contentType.indexOf(';');
    String type = end < 0 ? contentType : contentType.substring(0, end);
    return type.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isUnsaid(String type) {
    return type.isEmpty()
        || type.equals("application/x-www-form-urlencoded")
        || type.equals("application/octet-stream");
  }

  /** A line of a log may begin with a bracket too. */
  private boolean addArrayIfItIsOne(byte[] body, int from, int to) {
    try {
      JsonElements.ofArray(body, from, to, this::addElement);
      return true;
    } catch (Refusal notAnArray) {
      if (items.size() >= MAX_ITEMS) {
        throw notAnArray;
      }
      items.clear();
      return false;
    }
  }

  private void addElement(ByteSlice element) {
    add(itemOf(element));
  }

  private void addJsonLines(byte[] body, int from, int to) {
    int at = from;
    while (at < to) {
      int end = endOfLine(body, at, to);
      int first = skipWhitespace(body, at, end);
      if (first < end) {
        add(itemOf(line(body, at, end)));
      }
      at = end + 1;
    }
  }

  private void addLines(byte[] body, int from, int to) {
    int at = from;
    while (at < to) {
      int end = endOfLine(body, at, to);
      add(log(line(body, at, end)));
      at = end + 1;
    }
  }

  private void add(Item item) {
    if (items.size() == MAX_ITEMS) {
      throw Refusal.tooLarge("the body holds more than " + MAX_ITEMS + " items; send fewer");
    }
    items.add(item);
  }

  private ByteSlice line(byte[] body, int from, int to) {
    int length = to - from;
    if (length > 0 && body[to - 1] == '\r') {
      length--;
    }
    if (length > maxLineBytes) {
      cutLines++;
      cutBytes += length - maxLineBytes;
      length = maxLineBytes;
    }
    return ByteSlice.of(body, from, length);
  }

  /**
   * An object that begins with {@code _type} is an item in its encoded form. It is decoded here and
   * now: a queue must not hold what only claims to be encoded.
   */
  private Item itemOf(ByteSlice text) {
    if (!looksEncoded(text)) {
      return log(text);
    }
    Item item = ItemDecoder.decode(text);
    // What cannot be decoded comes back as its own body, and undated.
    if (item.timestampMillis() == 0 && item.body().equals(text)) {
      return log(text);
    }
    return new Item(
        item.kind(),
        item.timestampMillis() == 0 ? nowMillis : item.timestampMillis(),
        item.body(),
        item.severityText(),
        item.resource().isEmpty() ? HostResource.get() : item.resource(),
        item.attributes().isEmpty() ? attributes : item.attributes());
  }

  private Item log(ByteSlice text) {
    return Item.log(nowMillis, text, HostResource.get(), attributes);
  }

  private static boolean looksEncoded(ByteSlice text) {
    byte[] bytes = text.array();
    int end = text.offset() + text.length();
    int at = skipWhitespace(bytes, text.offset(), end);
    if (at == end || bytes[at] != '{') {
      return false;
    }
    at = skipWhitespace(bytes, at + 1, end);
    if (end - at < TYPE_KEY.length) {
      return false;
    }
    for (int i = 0; i < TYPE_KEY.length; i++) {
      if (bytes[at + i] != TYPE_KEY[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the first line ends as an object does: then the body is read as lines. */
  private static boolean isObjectOnOneLine(byte[] body, int from, int to) {
    int end = endOfLine(body, from, to);
    while (end > from && isWhitespace(body[end - 1])) {
      end--;
    }
    return end > from && body[end - 1] == '}';
  }

  private static int endOfLine(byte[] body, int from, int to) {
    int feed = LineFeeds.indexOf(body, from, to);
    return feed < 0 ? to : feed;
  }

  private static int skipByteOrderMark(byte[] body, int length) {
    boolean marked =
        length >= 3 && body[0] == (byte) 0xef && body[1] == (byte) 0xbb && body[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  private static int skipWhitespace(byte[] body, int from, int to) {
    int at = from;
    while (at < to && isWhitespace(body[at])) {
      at++;
    }
    return at;
  }

  private static boolean isWhitespace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
