package io.forebay.agent.queue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A line of a file as the record that it stands for. */
final class RecordLine {

  private static final JsonFactory JSON = new JsonFactory();

  private RecordLine() {}

  /**
   * The record of a line, as {@link RecordForm#LINES} or {@link RecordForm#NUMBERED} wrote it.
   *
   * @param line without its line feed
   * @throws IOException with the reason why it is no record
   */
  static byte[] record(byte[] line) throws IOException {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("is no JSON object");
      }
      boolean numbered = false;
      byte[] record = null;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("appended_at")) {
          numbered = true;
        } else if (name.equals("record") && parser.currentToken() == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          record = line(line, from, (int) parser.currentLocation().getByteOffset() - from);
          continue;
        } else if (name.equals("record_base64")) {
          record = Base64.getDecoder().decode(parser.getString());
        }
        parser.skipChildren();
      }
      if (parser.nextToken() != null) {
        throw new IOException("goes on after its JSON object");
      }
      return numbered && record != null ? record : line(line, 0, line.length);
    } catch (JacksonException e) {
      throw new IOException("is no JSON object: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException("has a record_base64 that is none", e);
    }
  }

  private static byte[] line(byte[] bytes, int offset, int length) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(length + 1);
    line.write(bytes, offset, length);
    line.write('\n');
    return line.toByteArray();
  }
}
