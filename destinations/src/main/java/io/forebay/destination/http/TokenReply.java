package io.forebay.destination.http;

import io.forebay.core.item.ByteSlice;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A token endpoint's answer (RFC 6749, section 5.1).
 *
 * @param expiresInSeconds lifetime, or null when it was not told
 */
record TokenReply(String accessToken, @Nullable Long expiresInSeconds) {

  private static final JsonFactory JSON = new JsonFactory();
  private static final long MAX_LIFETIME_SECONDS = 30L * 24 * 3600;

  /** Null when there is no token in it that could stand in a header. */
  static @Nullable TokenReply parse(ByteSlice json) {
    String token = null;
    Long expiresIn = null;
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), json.array(), json.offset(), json.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("access_token") && value == JsonToken.VALUE_STRING) {
          token = parser.getString();
        } else if (name.equals("expires_in") && value.isScalarValue()) {
          expiresIn = seconds(parser.getString());
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      return null;
    }
    return token == null || !isHeaderText(token) ? null : new TokenReply(token, expiresIn);
  }

  @Override
  public String toString() {
    return "TokenReply[expiresInSeconds=" + expiresInSeconds + "]";
  }

  /** Some servers write the number as a string. */
  private static @Nullable Long seconds(String text) {
    if (!text.matches("\\d{1,18}(\\.\\d+)?")) {
      return null;
    }
    long seconds = (long) Double.parseDouble(text);
    return Math.min(seconds, MAX_LIFETIME_SECONDS);
  }

  private static boolean isHeaderText(String token) {
    return !token.isEmpty() && token.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}
