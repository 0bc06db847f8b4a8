package io.forebay.source.collector;

import io.forebay.core.component.NodeListener;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.source.line.LineFeeds;
import io.forebay.source.net.HostResource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;

/**
 * Makes the items of events. A line in the own encoding stays as it is; anything else becomes the
 * body of a log item, so that it is neither lost nor able to pass for a line or an item of its own
 * further down. Thread safe.
 */
final class EventItems {

  private static final byte[] OPENING = "{\"_type\":".getBytes(StandardCharsets.US_ASCII);

  private final Clock clock;
  private final NodeListener listener;

  EventItems(Clock clock, NodeListener listener) {
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * The item of one event.
   *
   * @param line ends with a line feed
   */
  Item of(ByteSlice line) {
    byte[] bytes = line.array();
    int end = line.offset() + line.length() - 1;
    boolean oneLine = LineFeeds.indexOf(bytes, line.offset(), end) < 0;
    if (oneLine && isObject(bytes, line.offset(), end)) {
      if (startsWith(bytes, line.offset(), end, OPENING)) {
        return Item.ofEncoded(line);
      }
    } else {
      listener.onEvent("malformed_item", 1);
    }
    ByteSlice body = line.slice(0, line.length() - 1);
    return Item.log(clock.millis(), body, HostResource.get(), Map.of());
  }

  private static boolean isObject(byte[] bytes, int from, int to) {
    return to - from >= 2 && bytes[from] == '{' && bytes[to - 1] == '}';
  }

  private static boolean startsWith(byte[] bytes, int from, int to, byte[] prefix) {
    if (to - from < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[from + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
