package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import java.util.List;

/** The forms that have a name in pipeline files. */
public enum BatchFormat implements BodyForm {
  /** A JSON line an item, as {@link ItemEncoder} writes it. */
  NDJSON("application/x-ndjson"),
  /** One JSON array of the same objects. */
  JSON_ARRAY("application/json"),
  /** The item's body and a line feed, nothing else; a body's own line feeds stay in it. */
  RAW("text/plain"),
  /** One MessagePack array of the same objects as maps. */
  MSGPACK("application/msgpack"),
  /** The same maps one after the other. */
  MSGPACK_STREAM("application/msgpack"),
  /** Events of Splunk's HTTP Event Collector one after the other. */
  SPLUNK("application/json");

  private static final ByteSlice LINE_FEED = ByteSlice.utf8("\n");

  private final String contentType;

  BatchFormat(String contentType) {
    this.contentType = contentType;
  }

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public boolean isEncodedLines() {
    return this == NDJSON;
  }

  @Override
  public BodyWriter newWriter() {
    return switch (this) {
      case NDJSON -> new ItemEncoder()::encodeAll;
      case JSON_ARRAY -> new JsonArrayWriter(new ItemEncoder()::encodeAll);
      case RAW -> BatchFormat::writeBodies;
      case MSGPACK -> new MessagePackWriter(true);
      case MSGPACK_STREAM -> new MessagePackWriter(false);
      case SPLUNK -> new SplunkEventWriter();
    };
  }

  private static void writeBodies(List<Item> items, EncodedLines out) {
    for (int i = 0; i < items.size(); i++) {
      out.addLine(items.get(i).body());
      out.addLine(LINE_FEED);
    }
  }
}
