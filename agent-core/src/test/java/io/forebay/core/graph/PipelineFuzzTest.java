package io.forebay.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.forebay.core.config.SourceText;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is done to a good file, reading it ends in a graph or in problems, and soon. */
@Timeout(60)
class PipelineFuzzTest {

  private static final int MUTATIONS = 5_000;

  private static final String GOOD =
      """
      version: v3
      settings:
        tag: shop
        log: {level: info, buffer_size: 1000}
        item_buffer_flush_interval: 5s
        persisting_cursor_settings: {path: /var/lib/x, file_name: c.json}
      secrets:
        token: {value: '{{ Env "TOKEN" "hunter2" }}'}
      defaults: &d
      links:
      - from: in
        to: steps
      - {from: steps, to: filter}
      - {from: filter, path: unmatched, to: out}
      - {from: filter, to: out}
      nodes:
      - name: in
        type: test_input
        port: {{ Env "PORT" "8085" }}
      - name: steps
        type: sequence
        processors:
        - type: test_filter
          pattern: |-
            a
            b
          disabled: false
        - &f {type: test_filter, pattern: "x\\n"}
        - *f
      - {name: filter, type: test_filter, pattern: 'y'}
      - name: out
        type: http_output
        endpoint: https://example.com/ingest
        api_key: {{ SECRET token }}
        headers: [{header: a, value: hunter2}]
        parallel_workers: 1
        persistent_queue:
          path: /var/lib/edgedelta/outputbuffer
          mode: error
          max_byte_size: 1GB
          drain_rate_limit: 1000
          strict_ordering: true
      """
          .replace("defaults: &d\n", "");

  private static final String[] PIECES = {
    "\t",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    "- ",
    "#",
    "\"",
    "'",
    "|",
    ">",
    "&a ",
    "*a",
    "!!x ",
    "{{",
    "}}",
    "{{ Env \"X\" }}",
    "{{ SECRET token }}",
    "<<: ",
    "---\n",
    "...",
    "null",
    "~",
    "-1",
    "99999999999999999999",
    "\u0000",
    "\u001b",
    "\ufeff",
    "\ud800",
    "é",
    "😀",
    "% ",
    "@",
    "`",
    "? ",
    ", ",
    "persistent_queue",
    "path",
    "\r",
    "1e9",
    "0x",
    "\\",
    "%YAML 1.2\n"
  };

  @Test
  void theGoodFileIsGood() {
    PipelineLoader.Loaded loaded = load(GOOD);
    assertThat(loaded.graph()).as(loaded.problems().render()).isPresent();
  }

  @Test
  void noMutationEscapes() {
    long slowest = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      String mutated = mutate(new Random(seed));
      long start = System.nanoTime();
      try {
        PipelineLoader.Loaded loaded = load(mutated);
        assertThat(loaded.graph().isPresent()).isEqualTo(!loaded.problems().hasErrors());
        assertThat(loaded.problems().render().chars())
            .noneMatch(c -> Character.isISOControl(c) && c != '\n');
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + ":\n" + mutated, e);
      }
      slowest = Math.max(slowest, System.nanoTime() - start);
    }
    assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(5));
  }

  static Stream<Arguments> dear() {
    String head = "version: v3\nnodes:\n";
    StringBuilder ring = new StringBuilder(head);
    StringBuilder loose = new StringBuilder(head);
    StringBuilder queues = new StringBuilder(head);
    StringBuilder links = new StringBuilder("links:\n");
    for (int i = 0; i < 9_000; i++) {
      ring.append("- {name: n" + i + ", type: test_filter, pattern: x}\n");
      links.append("- {from: n" + i + ", to: n" + (i + 1) % 9_000 + "}\n");
      loose.append("- {name: n" + i + ", typ: test_filtr, zzz: x}\n");
    }
    for (int i = 0; i < 2_000; i++) {
      queues.append(
          "- {name: n"
              + i
              + ", type: http_output, endpoint: 'http://h', persistent_queue: {path: /q/"
              + i
              + "}}\n");
    }
    return Stream.of(
        Arguments.of("a ring of nodes", ring.toString() + links),
        Arguments.of(
            "nodes with every key wrong",
            loose.toString() + links.toString().replace("to: n", "to: m")),
        Arguments.of("many queues", queues.toString()),
        Arguments.of(
            "unknown keys",
            "version: v3\n"
                + IntStream.range(0, 60_000)
                    .mapToObj(i -> "key" + i + ": 1\n")
                    .collect(Collectors.joining())),
        Arguments.of("templates", "version: '" + "{{ Env \"".repeat(60_000) + "'\n"),
        Arguments.of("words of secrets", "version: [" + "secret".repeat(150_000) + "\nx: 'secret"),
        Arguments.of("dashes", "-".repeat(900_000) + "\nx: y: z\n"),
        Arguments.of("addresses", "version: '" + "://".repeat(300_000) + "'\nx: y\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dear")
  @Timeout(20)
  void noFileOfAMegabyteTakesLong(String name, String yaml) {
    assertThat(yaml).hasSizeLessThan(1 << 20);

    assertThat(load(yaml).problems().render()).isNotEmpty();
  }

  private static PipelineLoader.Loaded load(String yaml) {
    return PipelineLoader.parse(
        new SourceText("fuzz.yaml", yaml), TestComponents.REGISTRY, Map.<String, String>of()::get);
  }

  private static String mutate(Random random) {
    StringBuilder text = new StringBuilder(GOOD);
    int changes = 1 + random.nextInt(5);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length() + 1);
      int length = Math.min(text.length() - at, random.nextInt(30));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, at + length);
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, at + length));
        case 3 -> text.setLength(Math.max(1, at));
        default -> {
          if (at < text.length()) {
            text.setCharAt(at, (char) (random.nextInt(128)));
          }
        }
      }
    }
    return text.toString();
  }
}
