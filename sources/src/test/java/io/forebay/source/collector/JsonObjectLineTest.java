package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import io.forebay.source.collector.JsonObjectLine.Form;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonObjectLineTest {

  private static final JsonFactory JSON = JsonFactory.builder().build();

  private static boolean matches(byte[] bytes) {
    byte[] framed = new byte[bytes.length + 2];
    System.arraycopy(bytes, 0, framed, 1, bytes.length);
    framed[0] = '{';
    framed[bytes.length + 1] = '}';
    return JsonObjectLine.formOf(framed, 1, bytes.length + 1) != Form.OTHER;
  }

  private static boolean matches(String text) {
    return matches(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " { } ",
        "{\"a\":1}",
        "{\"a\":-0.5e+10,\"b\":[1,2,[],{}],\"c\":{\"d\":null,\"e\":true,\"f\":false}}",
        "{\"text that is longer than a word\":\"with \\\" and \\\\ and \\u00e4 and \\n, ä€😀\"}",
        "{\"0123456\":\"01234567\"}",
      })
  void takesObjects(String text) {
    assertThat(matches(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "\"a\"",
        "{",
        "}",
        "{}}",
        "{}{}",
        "{} {}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":1e}",
        "{\"a\":-}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"unfinished}",
        "{\"a\":\"a\nb\"}",
        "{\"a\":1\n}",
        "{\"a\":\"tab\tinside\"}",
        "{\"a\":\"01234567\n0123456789\"}",
      })
  void refusesEverythingElse(String text) {
    assertThat(matches(text)).isFalse();
  }

  @Test
  void refusesMalformedUtf8AndDepth() {
    for (int[] bad :
        new int[][] {
          {0xff},
          {0xc0, 0x80},
          {0xe0, 0x80, 0x80},
          {0xed, 0xa0, 0x80},
          {0xf5, 0x80, 0x80, 0x80},
          {0xf4, 0x90, 0x80, 0x80},
          {0xc3},
          {0xe2, 0x82},
          {0x80}
        }) {
      ByteBuffer bytes = ByteBuffer.allocate(20);
      bytes.put("{\"a\":\"".getBytes(StandardCharsets.US_ASCII));
      for (int b : bad) {
        bytes.put((byte) b);
      }
      bytes.put("\"}".getBytes(StandardCharsets.US_ASCII));
      byte[] line = new byte[bytes.flip().remaining()];
      bytes.get(line);
      assertThat(matches(line)).as("%s", List.of(bad[0])).isFalse();
    }
    assertThat(matches("{\"a\":" + "[".repeat(90) + "]".repeat(90) + "}")).isTrue();
    assertThat(matches("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")).isFalse();
  }

  @Test
  void takesWhatTheEncoderWrites() {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      byte[] body = new byte[random.nextInt(100)];
      random.nextBytes(body);
      String text =
          random
              .ints(20, 0, 0xd000)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      EncodedLines lines = new EncodedLines(64);
      new ItemEncoder()
          .encode(
              Item.log(
                  random.nextLong(),
                  random.nextBoolean() ? ByteSlice.of(body) : ByteSlice.utf8(text),
                  Map.of("k", text),
                  Map.of("n", random.nextDouble(), "l", List.of(1L, true, text))),
              lines);
      assertThat(JsonObjectLine.formOf(lines.array(), 0, lines.size() - 1)).isEqualTo(Form.ITEM);
    }
  }

  @Test
  void agreesWithAParserOnDamagedLines() {
    Random random = new Random(2);
    byte[] good =
        "{\"_type\":\"log\",\"timestamp\":1735789700000,\"body\":\"a \\\"b\\\" ä€😀 \\u00e4\",\"x\":[1.5e3,{}]}"
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = good.clone();
      for (int n = random.nextInt(2); n >= 0; n--) {
        int byChance = random.nextInt(256);
        bytes[random.nextInt(bytes.length)] =
            (byte)
                (random.nextBoolean() ? "{}[]\",:\\1e-.tfn \t\n".charAt(byChance % 18) : byChance);
      }
      assertThat(matches(bytes))
          .as(() -> new String(bytes, StandardCharsets.ISO_8859_1))
          .isEqualTo(isObjectOnOneLine(bytes));
    }
  }

  @Test
  void knowsAnItemByItsType() {
    assertThat(form("{\"_type\":\"log\"}")).isEqualTo(Form.ITEM);
    assertThat(form("{ \"a\": [], \"_type\" : \"log\"}")).isEqualTo(Form.ITEM);
    assertThat(form("{\"a\":{\"_type\":\"log\"}}")).isEqualTo(Form.OBJECT);
    assertThat(form("{\"a\":\"_type\"}")).isEqualTo(Form.OBJECT);
  }

  private static Form form(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return JsonObjectLine.formOf(bytes, 0, bytes.length);
  }

  private static boolean isObjectOnOneLine(byte[] bytes) {
    for (byte b : bytes) {
      if (b == '\n') {
        return false;
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      return false;
    }
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), new ByteArrayInputStream(bytes))) {
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
