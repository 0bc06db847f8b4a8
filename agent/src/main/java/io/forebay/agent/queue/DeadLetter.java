package io.forebay.agent.queue;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A dead letter, as delivery writes it: {@code {"dead_letter":{…},"item":{…}}}.
 *
 * @param node that could not deliver the item
 * @param reason of the rejection
 * @param attempts that were made
 * @param atMillis when it was given up, milliseconds since the epoch
 * @param itemOffset where the item begins in the record
 * @param itemLength its length in bytes
 */
record DeadLetter(
    String node, String reason, long attempts, long atMillis, int itemOffset, int itemLength) {

  private static final JsonFactory JSON = new JsonFactory();

  /** The letter in a record; null when the record is none. */
  static @Nullable DeadLetter read(byte[] bytes, int offset, int length) {
    String node = "";
    String reason = "";
    long attempts = 0;
    long at = 0;
    int itemOffset = -1;
    int itemEnd = -1;
    boolean header = false;
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("item") && parser.currentToken() == JsonToken.START_OBJECT) {
          itemOffset = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          itemEnd = (int) parser.currentLocation().getByteOffset();
        } else if (name.equals("dead_letter") && parser.currentToken() == JsonToken.START_OBJECT) {
          header = true;
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
              case "node" -> node = parser.getString();
              case "reason" -> reason = parser.getString();
              case "attempts" -> attempts = parser.getLongValue();
              case "at" -> at = parser.getLongValue();
              default -> parser.skipChildren();
            }
          }
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      return null;
    }
    return header && itemOffset >= 0 && itemEnd > itemOffset
        ? new DeadLetter(node, reason, attempts, at, itemOffset, itemEnd - itemOffset)
        : null;
  }
}
