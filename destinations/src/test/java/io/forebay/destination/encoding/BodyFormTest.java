package io.forebay.destination.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemKind;
import io.forebay.destination.Items;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** What the forms beside JSON lines make of items, read by what others made. */
class BodyFormTest {

  private static final Item FULL =
      item("say \"hi\" — it's\n<ok>", "WARN", Map.of("host.name", "h1"), Map.of("n", 12L));

  // ---- MessagePack

  @Test
  void messagePackHoldsWhatJsonHolds() throws IOException {
    List<Item> items =
        List.of(Items.numbered(7), Items.drained(List.of(Items.numbered(9))).get(0), FULL);

    List<Value> values = unpacked(BatchFormat.MSGPACK_STREAM, items);

    assertThat(values.subList(0, 2))
        .extracting(Value::toJson)
        .isEqualTo(Items.lines(items.subList(0, 2)));
    assertThat(values.get(2))
        .isEqualTo(
            ValueFactory.newMap(
                text("_type"),
                text("log"),
                text("timestamp"),
                ValueFactory.newInteger(1735789700123L),
                text("body"),
                text("say \"hi\" — it's\n<ok>"),
                text("severity_text"),
                text("WARN"),
                text("resource"),
                ValueFactory.newMap(text("host.name"), text("h1")),
                text("attributes"),
                ValueFactory.newMap(text("n"), ValueFactory.newInteger(12))));
  }

  @Test
  void messagePackIsOneArrayUnlessAStreamIsAskedFor() throws IOException {
    for (int count : List.of(0, 1, 15, 16, 70_000)) {
      List<Item> items = Items.many(count);

      List<Value> array = unpacked(BatchFormat.MSGPACK, items);

      assertThat(array).singleElement();
      assertThat(array.get(0).asArrayValue().list())
          .isEqualTo(unpacked(BatchFormat.MSGPACK_STREAM, items));
    }
  }

  @Test
  void messagePackKeepsBytesThatAreNoText() throws IOException {
    byte[] bytes = {(byte) 0xff, 0, (byte) 0xc3, 10};
    Item item = Item.log(2, ByteSlice.of(bytes), Map.of(), Map.of());

    Value body = field(unpacked(BatchFormat.MSGPACK_STREAM, List.of(item)).get(0), "body");

    assertThat(body.asBinaryValue().asByteArray()).isEqualTo(bytes);
  }

  @Test
  void messagePackHasEveryLengthOfTextAndBytes() throws IOException {
    for (int length : List.of(0, 31, 32, 255, 256, 65_535, 65_536)) {
      byte[] text = new byte[length];
      Arrays.fill(text, (byte) 'x');
      byte[] noText = text.clone();
      List<Item> items = new ArrayList<>();
      items.add(Item.log(1, ByteSlice.of(text), Map.of(), Map.of()));
      if (length > 0) {
        noText[0] = (byte) 0x80;
        items.add(Item.log(1, ByteSlice.of(noText), Map.of(), Map.of()));
      }
      List<Value> values = unpacked(BatchFormat.MSGPACK_STREAM, items);
      assertThat(field(values.get(0), "body").asStringValue().asByteArray()).isEqualTo(text);
      if (length > 0) {
        assertThat(field(values.get(1), "body").asBinaryValue().asByteArray()).isEqualTo(noText);
      }
    }
  }

  @Test
  void messagePackHasEveryValue() throws IOException {
    Map<String, Object> values = new LinkedHashMap<>();
    for (long base : List.of(0L, 31L, 127L, 255L, 65_535L, 4_294_967_295L, Long.MAX_VALUE - 1)) {
      for (long n : List.of(base, base + 1, -base, -base - 1, -base - 2)) {
        values.put("n" + n, n);
      }
    }
    values.put("double", 1.5);
    values.put("true", true);
    values.put("false", false);
    values.put("null", null);
    values.put("list", Arrays.asList(1L, "two", null, List.of()));
    values.put("map", Map.of("a", Map.of()));
    Item item = Item.log(1, ByteSlice.EMPTY, Map.of(), values);

    Value attributes = field(unpacked(BatchFormat.MSGPACK, List.of(item)), "attributes");

    assertThat(attributes.toJson())
        .isEqualTo(
            Items.lines(List.of(item))
                .get(0)
                .replaceFirst("^.*\"attributes\":", "")
                .replaceFirst("}$", ""));
  }

  @Test
  void messagePackKeepsTheDigitsOfLargeNumbers() throws IOException {
    BigInteger fits = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    BigInteger large = BigInteger.ONE.shiftLeft(64);
    Item item = Item.log(1, ByteSlice.EMPTY, Map.of(), Map.of("fits", fits, "large", large));

    Value attributes = field(unpacked(BatchFormat.MSGPACK, List.of(item)), "attributes");

    assertThat(field(attributes, "fits").asIntegerValue().asBigInteger()).isEqualTo(fits);
    assertThat(field(attributes, "large").asStringValue().asString()).isEqualTo(large.toString());
  }

  @Test
  void aCraftedDepthEndsSomewhere() throws IOException {
    Object deep = "x";
    for (int i = 0; i < 50_000; i++) {
      deep = i % 2 == 0 ? List.of(deep) : Map.of("k", deep);
    }
    Item item = Item.log(1, ByteSlice.EMPTY, Map.of(), Map.of("deep", deep));

    assertThat(unpacked(BatchFormat.MSGPACK, List.of(item))).hasSize(1);
    assertThat(text(BatchFormat.SPLUNK, List.of(item))).endsWith("\"event\":\"\"}\n");
  }

  // ---- Splunk

  @Test
  void splunkEventsHaveTheirOwnKeysAndFlatFields() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("com.splunk.sourcetype", "nginx");
    attributes.put("log.file.path", "/var/log/a.log");
    attributes.put("user", Map.of("name", "ann"));
    attributes.put("tags", List.of("a", "b"));
    attributes.put("mixed", List.of(1L, "b"));
    attributes.put("none", null);
    attributes.put("ok", true);

    assertThat(
            text(
                BatchFormat.SPLUNK,
                List.of(item("hi", "INFO", Map.of("host.name", "h1"), attributes))))
        .isEqualTo(
            "{\"time\":1735789700.123,\"host\":\"h1\",\"source\":\"/var/log/a.log\",\"sourcetype\":\"nginx\","
                + "\"fields\":{\"user.name\":\"ann\",\"tags\":[\"a\",\"b\"],\"mixed\":\"[1,\\\"b\\\"]\","
                + "\"ok\":true,\"severity_text\":\"INFO\"},\"event\":\"hi\"}\n");
  }

  @Test
  void splunkEventsAreOneAfterTheOther() {
    Item noText = Item.log(0, ByteSlice.of(new byte[] {(byte) 0xff}), Map.of(), Map.of());
    Item first = item("a", null, Map.of("host.name", "h"), Map.of());
    // The same maps with another severity are another event.
    Item second =
        new Item(
            ItemKind.LOG, 5, ByteSlice.utf8("b"), "INFO", first.resource(), first.attributes());

    assertThat(text(BatchFormat.SPLUNK, List.of(first, second, noText)))
        .isEqualTo(
            "{\"time\":1735789700.123,\"host\":\"h\",\"event\":\"a\"}\n"
                + "{\"time\":0.005,\"host\":\"h\",\"fields\":{\"severity_text\":\"INFO\"},\"event\":\"b\"}\n"
                + "{\"event\":{\"body_base64\":\"/w==\"}}\n");
  }

  // ---- Payloads

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "plain ; plain",
        "{{ .item.timestamp }} {{.item._type}} {{ .item.severity_text }} ; 1735789700123 log WARN",
        "{{ index .item.resource \"host.name\" }} ; h1",
        "{{ .item.resource.host.name }} ; h1",
        "{{ .item.attributes.n }}/{{ .item.attributes.absent }}/ ; 12//",
        "{{ json .item.attributes.absent }} {{ json .item.attributes.n }} ; null 12",
        "{{ json .item.severity_text }} {{ js .item.severity_text }} ; \"WARN\" WARN",
        "{{ .item.attributes }} {{ json .item.resource }} ; {\"n\":12} {\"host.name\":\"h1\"}",
        "{{ js (index .item.resource \"host.name\") }}{{ index .item.attributes \"n\" | json }} ; h112",
      })
  void payloadsPrintFields(String template, String expected) {
    assertThat(payload(template, List.of(FULL))).isEqualTo(expected + "\n");
  }

  @Test
  void payloadsEscapeWhereAsked() {
    assertThat(payload("{\"t\":\"{{ js .item.body }}\"}", List.of(FULL)))
        .isEqualTo("{\"t\":\"say \\\"hi\\\" — it's\\n<ok>\"}\n");
    assertThat(payload("{\"t\":{{ json .item.body }}}", List.of(FULL)))
        .isEqualTo("{\"t\":\"say \\\"hi\\\" — it's\\n<ok>\"}\n");
    assertThat(payload("{{ .item.body }}", List.of(FULL))).isEqualTo("say \"hi\" — it's\n<ok>\n");
    assertThat(payload("{{ .item }}", List.of(FULL)))
        .isEqualTo(Items.lines(List.of(FULL)).get(0) + "\n");
  }

  @Test
  void payloadsCanBeElementsOfAnArray() {
    PayloadTemplate template = PayloadTemplate.parse("{\"n\":{{ .item.timestamp }}}");
    List<Item> items = List.of(FULL, Item.log(2, ByteSlice.EMPTY, Map.of(), Map.of()));

    assertThat(text(new PayloadForm(template, "application/json", true), items))
        .isEqualTo("[{\"n\":1735789700123},{\"n\":2}]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{",
        "{{ }}",
        "{{ .body }}",
        "{{ .items.body }}",
        "{{ .item. }}",
        "{{ .item.body.x }}",
        "{{ index }}",
        "{{ js }}",
        "{{ js (index .item.resource \"a\" }}",
        "{{ .item.body | upper }}",
        "{{ json .item.body | js }}",
        "{{ if .item.body }}",
        "{{ .item.body $x }}"
      })
  void payloadsThatAreNotUnderstoodAreRefused(String template) {
    assertThatThrownBy(() -> PayloadTemplate.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .containsAnyOf("is not understood", "has no }}");
  }

  // ---- Tags

  @Test
  void tagsAreAttributesOfEachItem() {
    BodyForm form = new TaggedForm(BatchFormat.NDJSON, Map.of("env", "prod"));
    Item other = item("b", null, Map.of(), Map.of("env", "test", "n", 1L));
    List<Item> items = List.of(FULL, FULL, Items.drained(List.of(other)).get(0));

    assertThat(text(form, items).lines().map(line -> line.replaceFirst("^.*\"attributes\":", "")))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("{\"n\":12,\"env\":\"prod\"}}"),
            line -> assertThat(line).isEqualTo("{\"n\":12,\"env\":\"prod\"}}"),
            line ->
                assertThat(line).contains("\"env\":\"prod\"", "\"n\":1").doesNotContain("test"));
  }

  private static Item item(
      String body, String severity, Map<String, Object> resource, Map<String, Object> attributes) {
    return new Item(
        ItemKind.LOG, 1735789700123L, ByteSlice.utf8(body), severity, resource, attributes);
  }

  private static String payload(String template, List<Item> items) {
    return text(new PayloadForm(PayloadTemplate.parse(template), "text/plain", false), items);
  }

  private static String text(BodyForm form, List<Item> items) {
    return new String(write(form, items), StandardCharsets.UTF_8);
  }

  private static byte[] write(BodyForm form, List<Item> items) {
    EncodedLines out = new EncodedLines(64);
    form.newWriter().write(items, out);
    return Arrays.copyOf(out.array(), out.size());
  }

  private static List<Value> unpacked(BodyForm form, List<Item> items) throws IOException {
    List<Value> values = new ArrayList<>();
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(write(form, items))) {
      while (unpacker.hasNext()) {
        values.add(unpacker.unpackValue());
      }
    }
    return values;
  }

  private static Value field(List<Value> arrays, String name) {
    return field(arrays.get(0).asArrayValue().get(0), name);
  }

  private static Value field(Value map, String name) {
    return map.asMapValue().map().get(text(name));
  }

  private static Value text(String text) {
    return ValueFactory.newString(text);
  }
}
