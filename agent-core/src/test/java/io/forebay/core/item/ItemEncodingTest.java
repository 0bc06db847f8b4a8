package io.forebay.core.item;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemEncodingTest {

  private final ItemEncoder encoder = new ItemEncoder();

  @Test
  void anItemIsOneLineOfJson() {
    Item item =
        new Item(
            ItemKind.LOG,
            1735789700000L,
            ByteSlice.utf8("a \"quoted\"\tbody"),
            "ERROR",
            Map.of("host.name", "h1"),
            Map.of("n", 5L));

    assertThat(encode(item))
        .isEqualTo(
            "{\"_type\":\"log\",\"timestamp\":1735789700000,\"body\":\"a \\\"quoted\\\"\\tbody\","
                + "\"severity_text\":\"ERROR\",\"resource\":{\"host.name\":\"h1\"},\"attributes\":{\"n\":5}}\n");
  }

  @Test
  void fieldsWithoutAValueAreLeftOut() {
    assertThat(encode(Item.log(-7, ByteSlice.EMPTY, Map.of(), Map.of())))
        .isEqualTo("{\"_type\":\"log\",\"timestamp\":-7,\"body\":\"\"}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "ümläut",
        "\u0000\u0001\u001f\"\\\b\f\n\r\t",
        "日本語",
        "😀 and more",
        "\u2028"
      })
  void textSurvives(String text) {
    Item back = roundTrip(Item.log(1, ByteSlice.utf8(text), Map.of(), Map.of()));

    assertThat(back.body()).isEqualTo(ByteSlice.utf8(text));
  }

  @Test
  void bytesThatAreNotUtf8TravelAsBase64() {
    byte[][] bodies = {
      {(byte) 0xff, (byte) 0xfe},
      {'a', (byte) 0xc3},
      {(byte) 0xc0, (byte) 0x80},
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xe2, (byte) 0x82},
      {(byte) 0xf0, (byte) 0x9f, (byte) 0x98}
    };
    for (byte[] body : bodies) {
      Item item = Item.log(1, ByteSlice.of(body), Map.of(), Map.of());

      assertThat(encode(item)).contains("\"body_base64\":");
      assertThat(roundTrip(item).body()).isEqualTo(ByteSlice.of(body));
    }
  }

  @Test
  void everyByteStringSurvives() {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] body = new byte[random.nextInt(24)];
      random.nextBytes(body);
      if (random.nextBoolean()) {
        body = new String(body, StandardCharsets.UTF_16BE).getBytes(StandardCharsets.UTF_8);
      }
      ByteSlice slice = ByteSlice.of(body);

      assertThat(roundTrip(Item.log(i, slice, Map.of(), Map.of())).body()).isEqualTo(slice);
    }
  }

  /**
   * What needs an escape or a check may stand anywhere in a word of eight bytes, and at its edge.
   */
  @Test
  void whatNeedsAnEscapeIsFoundAtEveryPlace() {
    String[] specials = {"\"", "\\", "\n", "\u0000", "\u001f", "\u007f", "é", "日", "😀", " "};
    Random random = new Random(43);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("x".repeat(random.nextInt(40)));
      for (int n = random.nextInt(6); n > 0; n--) {
        text.append(specials[random.nextInt(specials.length)]);
        text.append("y".repeat(random.nextInt(20)));
      }
      ByteSlice body =
          ByteSlice.utf8("before" + text + "\"after\"")
              .slice(6, text.toString().getBytes(StandardCharsets.UTF_8).length);

      String line = encode(Item.log(1, body, Map.of(), Map.of()));

      assertThat(line).doesNotContain("base64").hasLineCount(1);
      assertThat(roundTrip(Item.log(1, body, Map.of(), Map.of())).body()).isEqualTo(body);
    }
  }

  @Test
  void nestedAttributesSurvive() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("text", "x");
    attributes.put("long", Long.MIN_VALUE);
    attributes.put("double", 1.5);
    attributes.put("flag", true);
    attributes.put("nothing", null);
    attributes.put("list", List.of(1L, "two", Map.of("three", 3L)));

    assertThat(roundTrip(Item.log(1, ByteSlice.EMPTY, Map.of(), attributes)).attributes())
        .isEqualTo(attributes);
  }

  @Test
  void aValueDeeperThanTheBoundIsCutInsteadOfExhaustingTheStack() {
    Object deep = "bottom";
    for (int i = 0; i < 100_000; i++) {
      deep = List.of(deep);
    }
    assertThat(encode(Item.log(1, ByteSlice.EMPTY, Map.of(), Map.of("deep", deep))))
        .contains("null")
        .endsWith("}\n");
  }

  @Test
  void aChangedMapIsNotMistakenForTheLastOne() {
    Map<String, Object> first = Map.of("a", 1L);
    Map<String, Object> second = Map.of("a", 2L);
    EncodedLines lines = new EncodedLines(16);
    encoder.encodeAll(
        List.of(
            Item.log(1, ByteSlice.EMPTY, Map.of(), first),
            Item.log(1, ByteSlice.EMPTY, Map.of(), first),
            Item.log(1, ByteSlice.EMPTY, Map.of(), second)),
        lines);

    assertThat(text(lines).lines())
        .map(line -> line.contains("\"a\":2"))
        .containsExactly(false, false, true);
  }

  @Test
  void anEncodedItemKeepsItsLineAndDecodesOnDemand() {
    String line =
        "{\"_type\":\"metric\",\"timestamp\":5,\"body\":\"b\",\"unknown\":[1,{}],\"attributes\":{\"k\":\"v\"}}\n";
    Item item = Item.ofEncoded(ByteSlice.utf8(line));

    assertThat(encode(item)).isEqualTo(line);
    assertThat(item.kind()).isEqualTo(ItemKind.METRIC);
    assertThat(item.attributes()).isEqualTo(Map.of("k", "v"));
    assertThat(item.withBody(ByteSlice.utf8("c")).encoded()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no json", "[1]", "{\"body\":", "{\"timestamp\":\"x\"}", "{\"attributes\":5}"})
  void whatIsNoItemBecomesTheBodyOfOne(String line) {
    Item item = Item.ofEncoded(ByteSlice.utf8(line));

    assertThat(item.timestampMillis()).isZero();
    assertThat(item.body()).isEqualTo(ByteSlice.utf8(line));
  }

  @Test
  void lengthsDescribeTheLines() {
    EncodedLines lines = new EncodedLines(0);
    for (int i = 0; i < 1000; i++) {
      encoder.encode(Item.log(i, ByteSlice.utf8("x".repeat(i)), Map.of(), Map.of()), lines);
    }
    int sum = 0;
    for (int i = 0; i < lines.count(); i++) {
      sum += lines.lengths()[i];
      assertThat(lines.array()[sum - 1]).isEqualTo((byte) '\n');
    }
    assertThat(lines.count()).isEqualTo(1000);
    assertThat(sum).isEqualTo(lines.size());
  }

  private String encode(Item item) {
    EncodedLines lines = new EncodedLines(0);
    encoder.encode(item, lines);
    return text(lines);
  }

  private Item roundTrip(Item item) {
    return Item.ofEncoded(ByteSlice.utf8(encode(item)));
  }

  private static String text(EncodedLines lines) {
    return new String(lines.array(), 0, lines.size(), StandardCharsets.UTF_8);
  }
}
