package io.forebay.source.collector;

import io.forebay.core.component.NodeListener;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.source.net.HostResource;
import java.time.Clock;
import java.util.Map;

/**
 * Makes the items of events. A line in the own encoding stays as it is; anything else becomes the
 * body of a log item, so that it is neither lost nor able to pass for a line or an item of its own
 * further down. Thread safe.
 */
final class EventItems {

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
    int length = line.length() - 1;
    switch (JsonObjectLine.formOf(line.array(), line.offset(), line.offset() + length)) {
      case ITEM -> {
        return Item.ofEncoded(line);
      }
      case OBJECT -> {}
      case OTHER -> listener.onEvent("malformed_item", 1);
    }
    ByteSlice body = line.slice(0, length);
    return Item.log(clock.millis(), body, HostResource.get(), Map.of());
  }
}
