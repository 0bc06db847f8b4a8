package io.forebay.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class YamlReaderTest {

  @TempDir Path directory;

  private static Yaml.Mapping mapping(String yaml) {
    Problems problems = new Problems(new SourceText("x.yaml", yaml));
    Optional<Yaml> tree = YamlReader.read(new SourceText("x.yaml", yaml), problems);
    assertThat(problems.render()).isEmpty();
    return (Yaml.Mapping) tree.orElseThrow();
  }

  private static String text(Yaml.Mapping mapping, String key) {
    return ((Yaml.Scalar) mapping.get(key).orElseThrow()).text();
  }

  @Test
  void readsTemplatesAndEmojiWhereverTheyStand() {
    for (int padding = 1000; padding < 1050; padding++) {
      String comment = "#" + "x".repeat(padding) + "\n";

      assertThat(text(mapping(comment + "a: {{ Env \"NAME\" }}\n"), "a"))
          .isEqualTo("{{ Env \"NAME\" }}");
      assertThat(text(mapping(comment + "a: 😀😀😀😀😀😀😀\n"), "a")).isEqualTo("😀😀😀😀😀😀😀");
    }
  }

  @Test
  void keepsTheTextAndPlaceOfEveryValue() {
    Yaml.Mapping tree = mapping("a: 0x1F\nb:\n  - yes\n  - {c: '5'}\nd: |\n  x\n  y\n");

    assertThat(text(tree, "a")).isEqualTo("0x1F");
    assertThat(text(tree, "d")).isEqualTo("x\ny\n");
    Yaml.Sequence list = (Yaml.Sequence) tree.get("b").orElseThrow();
    assertThat(list.items().get(0).position()).isEqualTo(new Position(3, 5));
    assertThat(((Yaml.Mapping) list.items().get(1)).locate("c")).isEqualTo(new Position(4, 9));
    assertThat(tree.locate("b", "nothing")).isEqualTo(list.position());
  }

  @Test
  void tellsNullAndNothingFromText() {
    Yaml.Mapping tree = mapping("a:\nb: ~\nc: null\nd: 'null'\ne: \"\"\n");

    assertThat(
            Stream.of("a", "b", "c", "d", "e")
                .map(k -> ((Yaml.Scalar) tree.get(k).orElseThrow()).form()))
        .containsExactly(
            Yaml.Form.NOTHING, Yaml.Form.NULL, Yaml.Form.NULL, Yaml.Form.TEXT, Yaml.Form.TEXT);
  }

  @Test
  void expandsAnchorsAndMerges() {
    Yaml.Mapping tree =
        mapping("base: &b {x: 1, y: 2}\nz: &s text\none:\n  <<: *b\n  y: 3\ntwo: *s\n");

    Yaml.Mapping one = (Yaml.Mapping) tree.get("one").orElseThrow();
    assertThat(text(one, "x")).isEqualTo("1");
    assertThat(text(one, "y")).isEqualTo("3");
    assertThat(text(tree, "two")).isEqualTo("text");
  }

  @Test
  void letsTemplatesStandUnquotedAndWithinQuotes() {
    Yaml.Mapping tree =
        mapping(
            """
            a: {{ Env "A" }}
            b: "{{ Env "B" "x: #y" }}"
            c: '{{ Env "C" }}'
            d: ["{{ Env \\"D\\" }}", {{env:E}}]
            e: http://{{ Env "HOST" }}:{{ SECRET port }}/
            f: {{ Env "A" }} # comment
            """);

    assertThat(text(tree, "a")).isEqualTo("{{ Env \"A\" }}");
    assertThat(text(tree, "b")).isEqualTo("{{ Env \"B\" \"x: #y\" }}");
    assertThat(text(tree, "c")).isEqualTo("{{ Env \"C\" }}");
    Yaml.Sequence d = (Yaml.Sequence) tree.get("d").orElseThrow();
    assertThat(((Yaml.Scalar) d.items().get(0)).text()).isEqualTo("{{ Env \"D\" }}");
    assertThat(((Yaml.Scalar) d.items().get(1)).text()).isEqualTo("{{env:E}}");
    assertThat(d.items().get(1).position()).isEqualTo(new Position(4, 24));
    assertThat(text(tree, "e")).isEqualTo("http://{{ Env \"HOST\" }}:{{ SECRET port }}/");
    assertThat(text(tree, "f")).isEqualTo("{{ Env \"A\" }}");
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of("", "x.yaml: error: is empty"),
        Arguments.of("# only a comment\n", "x.yaml: error: is empty"),
        Arguments.of("a:\n\tb: 1\n", "x.yaml:2:1: error: a tab stands where YAML wants spaces"),
        Arguments.of("a: 1\na: 2\n", "x.yaml:2:1: error: key 'a' stands twice in one block"),
        Arguments.of("a: 1\n---\nb: 2\n", "x.yaml:2:1: error: a second YAML document begins here"),
        Arguments.of("a: b: c\n", "x.yaml:1:5: error: a ':' is not allowed here"),
        Arguments.of(
            "a:\n  - b\n c: d\n", "x.yaml:3:2: error: the indentation fits no block above"),
        Arguments.of(
            "a: \"b\nc: d\n", "x.yaml:1:4: error: the quote that opens here is never closed"),
        Arguments.of(
            "a: [b\nc: d\n", "x.yaml:1:4: error: the bracket that opens here is not closed"),
        Arguments.of("a: @b\n", "x.yaml:1:4: error: found character '@'"),
        Arguments.of("a: *b\n", "x.yaml:1:4: error: no anchor '&b'"),
        Arguments.of("a: &b [*b]\n", "x.yaml:1:8: error: no anchor '&b'"),
        Arguments.of("a: !!java.lang.Runtime x\n", "x.yaml:1:4: error: the YAML tag"),
        Arguments.of("{a: 1}: b\n", "x.yaml:1:1: error: a key must be a single word"),
        Arguments.of("a: {{ NAME }}\n", "x.yaml:1:5: error: a key must be a single word"),
        Arguments.of("a: 1\nb\n", "x.yaml:2:1: error: a key without ':' behind it"),
        Arguments.of("<<: 1\n", "x.yaml:1:5: error: '<<' merges blocks of keys"),
        Arguments.of("a: \u0007\n", "x.yaml:1:4: error: character U+0007 is not allowed in YAML"),
        Arguments.of("a: b\n%\n", "x.yaml:2:2: error: "),
        Arguments.of("[".repeat(100_000), "x.yaml:1:65: error: nested deeper than 64 levels"),
        Arguments.of("- ".repeat(500) + "a", "x.yaml:1:129: error: nested deeper than 64 levels"),
        Arguments.of("- a\n".repeat(100_001), "x.yaml:100000:3: error: more than 100000 values"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void tellsOfABrokenFileInOneProblem(String yaml, String expected) {
    Problems problems = new Problems(new SourceText("x.yaml", yaml));

    YamlReader.read(new SourceText("x.yaml", yaml), problems);

    assertThat(problems.all()).singleElement().asString().startsWith(expected);
  }

  @Test
  void refusesABombOfAliasesInLittleTime() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(10) + "]\n");
    }
    Problems problems = new Problems(new SourceText("x.yaml", bomb.toString()));

    assertThat(YamlReader.read(new SourceText("x.yaml", bomb.toString()), problems)).isEmpty();

    assertThat(problems.all()).singleElement().asString().contains("more than 100000 values");
  }

  static Stream<Arguments> rubbish() {
    return Stream.of(
        Arguments.of(new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0}, ":1:1: error: is UTF-16 text"),
        Arguments.of(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0}, ":1:1: error: character U+007F"),
        Arguments.of(
            "a: b\nc: \u00fc".getBytes(StandardCharsets.ISO_8859_1),
            ":2:4: error: byte 0xfc is not UTF-8"));
  }

  @ParameterizedTest
  @MethodSource("rubbish")
  void refusesWhatIsNoText(byte[] bytes, String expected) throws IOException {
    Path file = Files.write(directory.resolve("x.yaml"), bytes);

    assertThat(read(file)).startsWith(file + expected);
  }

  @Test
  void readsTextWithAByteOrderMark() throws IOException {
    Path file = directory.resolve("x.yaml");
    Files.write(file, new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, 'a', ':', ' ', 'b'});
    Problems problems = new Problems(new SourceText("x", ""));

    assertThat(SourceText.read(file, problems).orElseThrow().text()).isEqualTo("a: b");
  }

  @Test
  void refusesAHugeFileWithoutReadingIt() throws IOException {
    Path file = directory.resolve("huge.yaml");
    try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
      huge.setLength(20L << 30);
    }

    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertThat(read(file)).contains("is larger than 1048576 bytes"));
  }

  @Test
  void tellsOfAFileThatIsNotThereOrADirectory() {
    assertThat(read(directory.resolve("no.yaml"))).contains("error: no such file");
    assertThat(read(directory)).contains("error: is a directory");
    assertThat(read(directory.resolve("no").resolve("y"))).contains("error: no such file");
  }

  private static String read(Path file) {
    Problems problems = new Problems(new SourceText(file.toString(), ""));
    assertThat(SourceText.read(file, problems)).isEmpty();
    assertThat(problems.all()).hasSize(1);
    return problems.render();
  }
}
