package io.forebay.core.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GenericMaskTest {

  private static final String EMAIL = "[\\w.+-]+@[\\w-]+\\.\\w+";

  private final ProcessorBench bench = new ProcessorBench();

  private static GenericMaskConfig.CaptureGroupMask mask(String regex, String mask) {
    return new GenericMaskConfig.CaptureGroupMask(null, true, Pattern.compile(regex), mask);
  }

  private Batch run(Batch batch, GenericMaskConfig.CaptureGroupMask... masks) {
    return run(batch, List.of(), List.of(), masks);
  }

  private Batch run(
      Batch batch,
      List<String> included,
      List<String> excluded,
      GenericMaskConfig.CaptureGroupMask... masks) {
    GenericMaskConfig config = new GenericMaskConfig(List.of(masks), included, excluded);
    List<Batch> out = bench.run(new GenericMask(config, bench), batch);
    assertThat(out).hasSize(1);
    return out.get(0);
  }

  private String masked(String body, GenericMaskConfig.CaptureGroupMask... masks) {
    return ProcessorBench.bodies(run(bench.batch(body), masks)).get(0);
  }

  @Test
  void masksAllThatMatchesWithoutGroups() {
    assertThat(masked("from ann@x.org to bob@y.org.", mask(EMAIL, "***")))
        .isEqualTo("from *** to ***.");
  }

  @Test
  void masksOnlyTheGroups() {
    assertThat(masked("user=ann pw=secret; pw=2", mask("user=(\\w+) pw=(\\w+)", "#")))
        .isEqualTo("user=# pw=#; pw=2");
  }

  @Test
  void masksNestedAndAbsentGroupsOnce() {
    assertThat(masked("card 1234-5678", mask("((\\d+)-(\\d+))|(x)", "#"))).isEqualTo("card #");
  }

  @Test
  void masksInTheOrderGivenAndSkipsWhatIsDisabled() {
    GenericMaskConfig.CaptureGroupMask disabled =
        new GenericMaskConfig.CaptureGroupMask("off", false, Pattern.compile("."), "!");

    assertThat(masked("abc", disabled, mask("b", "cc"), mask("c+", "-"))).isEqualTo("a-");
  }

  @Test
  void aMaskMayBeEmptyOrLongerOrHoldDollarsAndEmptyMatchesAreLeft() {
    assertThat(masked("a1b2", mask("\\d", ""))).isEqualTo("ab");
    assertThat(masked("a1b2", mask("\\d", "$1\\"))).isEqualTo("a$1\\b$1\\");
    assertThat(masked("abc", mask("x*", "#"))).isEqualTo("abc");
  }

  @Test
  void givesBackTheSameBatchWhenNothingIsFound() {
    Batch batch = bench.batch("nothing", "here");

    assertThat(run(batch, mask(EMAIL, "***"))).isSameAs(batch);
  }

  @Test
  void leavesItemsInWhichNothingIsFoundAlone() {
    Item plain = ProcessorBench.item("plain");
    Batch out = run(bench.batch(List.of(plain, ProcessorBench.item("a@b.c"))), mask(EMAIL, "***"));

    assertThat(out.items().get(0)).isSameAs(plain);
    assertThat(ProcessorBench.bodies(out)).containsExactly("plain", "***");
  }

  @Test
  void keepsTheBytesAroundAMatch() {
    byte[] body = "?? a@b.c ??".getBytes(StandardCharsets.US_ASCII);
    body[0] = (byte) 0xff;
    body[1] = (byte) 0xc3;
    body[10] = (byte) 0x80;
    Batch out =
        run(
            bench.batch(List.of(Item.log(1, ByteSlice.of(body, 0, 11), Map.of(), Map.of()))),
            mask(EMAIL, "é"));

    assertThat(out.items().get(0).body().toByteArray())
        .containsExactly(0xff, 0xc3, ' ', 0xc3, 0xa9, ' ', '?', 0x80);
  }

  @Test
  void masksWithinASliceOfALargerArray() {
    byte[] chunk = "xxa@b.cyy a@b.c zz".getBytes(StandardCharsets.US_ASCII);
    ByteSlice slice = ByteSlice.of(chunk, 9, 7);
    Batch out = run(bench.batch(List.of(Item.log(1, slice, Map.of(), Map.of()))), mask(EMAIL, "#"));

    assertThat(ProcessorBench.bodies(out)).containsExactly(" # ");
  }

  @Test
  void matchesCharactersBeyondAscii() {
    assertThat(masked("grüße, Jürgen!", mask("J\\p{L}+", "€"))).isEqualTo("grüße, €!");
  }

  private static final Item RICH =
      new Item(
          ItemKind.LOG,
          5,
          ByteSlice.utf8("a@b.c"),
          "a@b.c",
          Map.of("owner", "a@b.c"),
          Map.of(
              "user",
              Map.of("mail", "a@b.c", "id", 7L),
              "to",
              List.of("a@b.c", "x"),
              "log.file.path",
              "/a@b.c"));

  private Item maskRich(List<String> included, List<String> excluded) {
    return run(bench.batch(List.of(RICH)), included, excluded, mask(EMAIL, "#")).items().get(0);
  }

  @Test
  void masksBodyAndAttributesWhenNoFieldIsNamed() {
    Item out = maskRich(List.of(), List.of());

    assertThat(out.body().toUtf8()).isEqualTo("#");
    assertThat(out.attributes())
        .isEqualTo(
            Map.of(
                "user",
                Map.of("mail", "#", "id", 7L),
                "to",
                List.of("#", "x"),
                "log.file.path",
                "/#"));
    assertThat(out.severityText()).isEqualTo("a@b.c");
    assertThat(out.resource()).isSameAs(RICH.resource());
    assertThat(out.timestampMillis()).isEqualTo(5);
  }

  @Test
  void masksOnlyTheFieldsNamed() {
    Item out =
        maskRich(
            List.of("item.attributes.user.mail", "item.resource.owner", "severity_text"),
            List.of());

    assertThat(out.body()).isSameAs(RICH.body());
    assertThat(out.severityText()).isEqualTo("#");
    assertThat(out.resource()).isEqualTo(Map.of("owner", "#"));
    assertThat(out.attributes())
        .isEqualTo(
            Map.of(
                "user",
                Map.of("mail", "#", "id", 7L),
                "to",
                List.of("a@b.c", "x"),
                "log.file.path",
                "/a@b.c"));
  }

  @Test
  void leavesExcludedFieldsAlone() {
    Item out = maskRich(List.of(), List.of("item.attributes.log.file.path", "body"));

    assertThat(out.body()).isSameAs(RICH.body());
    assertThat(out.attributes()).containsEntry("log.file.path", "/a@b.c");
    assertThat(out.attributes()).containsEntry("to", List.of("#", "x"));
  }

  @Test
  @Timeout(20)
  void masksAFieldWholeWhenTheSearchTakesTooLong() {
    Batch out = run(bench.batch("a".repeat(60) + "b", "zzz"), mask("(a+)+\\1$", "#"));

    assertThat(ProcessorBench.bodies(out)).containsExactly("#", "zzz");
    assertThat(bench.events).containsEntry("regex_limit", 1L);
  }

  @Test
  void masksAValueWholeThatIsNestedTooDeep() {
    Object value = "a@b.c";
    for (int i = 0; i < 5_000; i++) {
      value = List.of(value);
    }
    Item deep = Item.log(1, ByteSlice.EMPTY, Map.of(), Map.of("deep", value));
    Object out = run(bench.batch(List.of(deep)), mask(EMAIL, "#")).items().get(0).attributes();

    int depth = 0;
    Object at = ((Map<?, ?>) out).get("deep");
    while (at instanceof List<?> list) {
      at = list.get(0);
      depth++;
    }
    assertThat(at).isEqualTo("#");
    assertThat(depth).isLessThan(100);
  }

  @Test
  void masksEveryItemOfASourceThatSharesItsMaps() {
    Map<String, Object> shared = Map.of("mail", "a@b.c");
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      items.add(Item.log(1, ByteSlice.utf8("x"), Map.of(), Map.copyOf(shared)));
    }
    Batch out = run(bench.batch(items), mask(EMAIL, "#"));

    assertThat(out.items())
        .allSatisfy(item -> assertThat(item.attributes()).isEqualTo(Map.of("mail", "#")));
  }
}
