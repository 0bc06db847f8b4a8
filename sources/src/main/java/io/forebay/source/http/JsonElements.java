package io.forebay.source.http;

import io.forebay.core.item.ByteSlice;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Finds the elements of JSON text, which has to be well formed as a whole. */
final class JsonElements {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(128)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** What the parser says of its own input, of which a client knows nothing. */
  private static final Pattern PARSER_NOTES = Pattern.compile(" \\(start marker at .*\\)$");

  private JsonElements() {}

  /**
   * Hands out each element of the array that begins at {@code from}: the text of a string, the JSON
   * text of anything else. Elements may have been handed out when it fails.
   *
   * @throws Refusal 400 with the offset of what is wrong
   */
  static void ofArray(byte[] body, int from, int to, Consumer<ByteSlice> elements) {
    read(
        body,
        from,
        to,
        parser -> {
          parser.nextToken();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.accept(element(parser, body, from));
          }
          if (parser.nextToken() != null) {
            throw Refusal.malformed(
                "malformed JSON: something follows the array",
                offset(parser.currentTokenLocation(), from));
          }
        });
  }

  /** The same for values that follow each other, with white space between them or nothing. */
  static void ofSequence(byte[] body, int from, int to, Consumer<ByteSlice> elements) {
    read(
        body,
        from,
        to,
        parser -> {
          while (parser.nextToken() != null) {
            elements.accept(element(parser, body, from));
          }
        });
  }

  private static void read(byte[] body, int from, int to, Consumer<JsonParser> reader) {
    // A zero byte means UTF-16 or UTF-32, which RFC 8259 rules out and whose offsets would be
    // wrong.
    for (int i = from; i < Math.min(to, from + 4); i++) {
      if (body[i] == 0) {
        throw Refusal.malformed("malformed JSON: not UTF-8", i);
      }
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body, from, to - from)) {
      reader.accept(parser);
    } catch (JacksonException e) {
      throw Refusal.malformed("malformed JSON: " + reason(e), offset(e.getLocation(), from));
    }
  }

  private static String reason(JacksonException e) {
    return PARSER_NOTES.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("");
  }

  private static ByteSlice element(JsonParser parser, byte[] body, int from) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      int start = (int) offset(parser.currentTokenLocation(), from);
      parser.skipChildren();
      int end = (int) offset(parser.currentLocation(), from);
      return ByteSlice.of(body, start, end - start);
    }
    return ByteSlice.utf8(parser.getString());
  }

  /** Offset in the body; the parser counts from where it began. */
  private static long offset(TokenStreamLocation location, int from) {
    return from + Math.max(0, location.getByteOffset());
  }
}
