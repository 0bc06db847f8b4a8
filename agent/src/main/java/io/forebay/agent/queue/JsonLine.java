package io.forebay.agent.queue;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Whether bytes are one line that holds one JSON object, as the records of the agent are. */
final class JsonLine {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonLine() {}

  /** An object, and one line feed, at the end. */
  static boolean isObjectLine(byte[] bytes, int offset, int length) {
    if (length < 3 || bytes[offset] != '{' || bytes[offset + length - 1] != '\n') {
      return false;
    }
    for (int i = offset; i < offset + length - 1; i++) {
      if (bytes[i] == '\n') {
        return false;
      }
    }
    return isObject(bytes, offset, length - 1);
  }

  /** An object and nothing after it but blanks. */
  static boolean isObject(byte[] bytes, int offset, int length) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }
}
