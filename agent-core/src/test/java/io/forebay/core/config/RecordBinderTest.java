package io.forebay.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.forebay.core.config.DestinationSettings.CircuitBreaker;
import io.forebay.core.config.DestinationSettings.DeadLetterSettings;
import io.forebay.core.config.DestinationSettings.MemoryBuffer;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.Resilience;
import io.forebay.core.config.DestinationSettings.RetrySettings;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecordBinderTest {

  enum Colour {
    DARK_RED,
    BLUE
  }

  record Point(
      @Key(value = "X.", required = true) int x, @Key(value = "Y.", defaultValue = "7") int y) {}

  record Shared(@Key(value = "Shared.", defaultValue = "s") String shared) implements Validated {
    @Override
    public void validate(Complaints complaints) {
      if (shared.equals("bad")) {
        complaints.report("shared", "shared is bad");
      }
    }
  }

  record Everything(
      @Key("Text.") @Nullable String text,
      @Key(value = "Flag.", defaultValue = "true") boolean flag,
      @Key("Boxed.") @Nullable Boolean boxedFlag,
      @Key(value = "Int.", defaultValue = "5", min = 1, max = 10) int number,
      @Key("Boxed.") @Nullable Integer boxedNumber,
      @Key(value = "Long.", defaultValue = "0") long big,
      @Key(value = "Double.", defaultValue = "0.5", min = 0, max = 1) double ratio,
      @Key(value = "Size.", defaultValue = "1KiB", min = 10, max = 1 << 20) DataSize size,
      @Key(value = "Time.", defaultValue = "5s", min = 1000) Duration pause,
      @Key("Path.") @Nullable Path path,
      @Key("URL.") @Nullable URI url,
      @Key("Regex.") @Nullable Pattern pattern,
      @Key(
              value = "Colour.",
              defaultValue = "blue",
              aliases = {"color", "tint"})
          Colour colour,
      @Key("Secret.") @Nullable Secret password,
      @Key("Block.") @Nullable Point point,
      @Key("Blocks.") List<Point> points,
      @Key("Texts.") List<String> texts,
      @Key("Times.") Map<String, Duration> times,
      @Key(value = "Renamed.", name = "other_name", defaultValue = "x") String renamed,
      @Key(value = "List.", defaultValue = "[a, b]") List<String> defaults,
      @Key(value = "Shared.", flattened = true) Shared shared) {}

  private final IgnoredKeys ignored = new IgnoredKeys();

  private <R extends Record> @Nullable R bind(Class<R> type, String yaml, Problems problems) {
    Yaml tree = YamlReader.read(new SourceText("x.yaml", yaml), problems).orElseThrow();
    BindScope scope =
        new BindScope(
            problems,
            "n",
            new Interpolation(Map.of("PW", "hunter2", "BAD", "bad\nvalue")::get, Map.of()),
            ignored,
            Map.of());
    return new RecordBinder(scope).bind(type, (Yaml.Mapping) tree, "node", Set.of());
  }

  private <R extends Record> R bind(Class<R> type, String yaml) {
    Problems problems = new Problems(new SourceText("x.yaml", yaml));
    R made = bind(type, yaml, problems);
    assertThat(problems.render()).isEmpty();
    assertThat(made).isNotNull();
    return made;
  }

  @Test
  void givesDefaultsWhereKeysAreMissing() {
    Everything made = bind(Everything.class, "{}");

    assertThat(made)
        .isEqualTo(
            new Everything(
                null,
                true,
                null,
                5,
                null,
                0,
                0.5,
                DataSize.ofBytes(1024),
                Duration.ofSeconds(5),
                null,
                null,
                null,
                Colour.BLUE,
                null,
                null,
                List.of(),
                List.of(),
                Map.of(),
                "x",
                List.of("a", "b"),
                new Shared("s")));
  }

  @Test
  void readsEveryTypeOfValue() {
    Everything made =
        bind(
            Everything.class,
            """
            text: 0x1F
            flag: no
            boxed_flag: true
            number: "10"
            boxed_number: -3
            big: 9223372036854775807
            ratio: 2.5e-1
            size: 1.5KB
            pause: 1m30s
            path: /var/lib/../x
            url: https://user@example.com:8443/a?b=c
            pattern: '^a+$'
            tint: Dark-Red
            password: {{ Env "PW" }}
            point: {x: 1}
            points: [{x: 1, y: 2}, {x: 3}]
            texts: single
            times: {a: 1s, b: 2h}
            other_name: z
            defaults: []
            shared: t
            """);

    assertThat(made.pattern()).asString().isEqualTo("^a+$");
    assertThat(made)
        .isEqualTo(
            new Everything(
                "0x1F",
                false,
                true,
                10,
                -3,
                Long.MAX_VALUE,
                0.25,
                DataSize.ofBytes(1500),
                Duration.ofSeconds(90),
                Path.of("/var/lib/../x"),
                URI.create("https://user@example.com:8443/a?b=c"),
                made.pattern(),
                Colour.DARK_RED,
                new Secret("hunter2"),
                new Point(1, 7),
                List.of(new Point(1, 2), new Point(3, 7)),
                List.of("single"),
                Map.of("a", Duration.ofSeconds(1), "b", Duration.ofHours(2)),
                "z",
                List.of(),
                new Shared("t")));
  }

  @Test
  void takesAnExplicitNullForAMissingKey() {
    assertThat(bind(Everything.class, "number: null\npoint: ~\ntext: null\n").number())
        .isEqualTo(5);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("number: 0", "1:9 number: '0' is too small; at least 1"),
        Arguments.of("number: 11", "1:9 number: '11' is too large; at most 10"),
        Arguments.of(
            "number: 99999999999", "1:9 number: '99999999999' is out of range; at most 10"),
        Arguments.of("number: 1.5", "1:9 number: '1.5' is no whole number"),
        Arguments.of(
            "number: {x: 1}", "1:9 key 'number' wants a single value, and this is a block of keys"),
        Arguments.of("number: [1]", "1:9 key 'number' wants a single value, and this is a list"),
        Arguments.of("number:", "1:8 key 'number' has no value"),
        Arguments.of("ratio: 1.01", "1:8 ratio: '1.01' is too large; at most 1"),
        Arguments.of("ratio: 1e999", "1:8 ratio: '1e999' is out of range"),
        Arguments.of("ratio: .inf", "1:8 ratio: '.inf' is no number"),
        Arguments.of("flag: maybe", "1:7 flag: 'maybe' is neither true nor false"),
        Arguments.of("size: 2MiB", "1:7 size: '2MiB' is too large; at most 1MiB"),
        Arguments.of("size: 5 B", "1:7 size: '5 B' is too small; at least 10B"),
        Arguments.of(
            "size: -5",
            "1:7 size: '-5' is no size; write bytes, or a number with KB, MB, GB, KiB, MiB or GiB"),
        Arguments.of(
            "pause: 5",
            "1:8 pause: '5' is no duration; write a number with a unit, such as 500ms, 5s, 1m30s or 2h"),
        Arguments.of("pause: 999.9ms", "1:8 pause: '999.9ms' is too short; at least 1s"),
        Arguments.of("path: ''", "1:7 path: the path is empty"),
        Arguments.of("path: ~/q", "1:7 path: '~/q': '~' has no meaning here; write the whole path"),
        Arguments.of(
            "path: \"a\\0b\"", "1:7 path: 'a\\u0000b' is no path: Nul character not allowed"),
        Arguments.of(
            "url: localhost:8080",
            "1:6 url: 'localhost:8080' is no whole URL; write it with http:// or https://"),
        Arguments.of("url: http:///x", "1:6 url: 'http:///x' is a URL without a host"),
        Arguments.of(
            "pattern: '('",
            "1:10 pattern: '(' is no regular expression: Unclosed group at character 2"),
        Arguments.of(
            "colour: green", "1:9 colour: 'green' is not among the values: dark_red, blue"),
        Arguments.of("colour: blue\ncolor: blue", "2:1 'colour' and 'color' are the same key"),
        Arguments.of(
            "point: 5", "1:8 key 'point' wants a block of keys, and this is a single value"),
        Arguments.of("point: {}", "1:8 key 'x' is missing"),
        Arguments.of("point: {x: null}", "1:8 key 'x' is missing"),
        Arguments.of(
            "points: [{x: 1}, {x: a}, {x: b}]",
            "1:22 x: 'a' is no whole number\n1:30 x: 'b' is no whole number"),
        Arguments.of(
            "times: {a: 1, b: 2}",
            "1:12 a: '1' is no duration; write a number with a unit, such as 500ms, 5s, 1m30s or 2h\n1:18 b: '2' is no duration; write a number with a unit, such as 500ms, 5s, 1m30s or 2h"),
        Arguments.of("times: [a]", "1:8 key 'times' wants a block of keys, and this is a list"),
        Arguments.of("shared: bad", "1:1 shared is bad"),
        Arguments.of("txt: x", "1:1 unknown key 'txt'"),
        Arguments.of("text: {{ Env \"NOPE\" }}", "1:7 environment variable 'NOPE' is not set"),
        Arguments.of(
            "text: '{{ Env NOPE }}'", "1:7 the template in '{{ Env NOPE }}' is not well formed"),
        Arguments.of("text: {{ SECRET nope }}", "1:7 no secret 'nope' in the block 'secrets'"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void tellsWhatIsWrongAndWhere(String yaml, String expected) {
    Problems problems = new Problems(new SourceText("x.yaml", yaml));

    assertThat(bind(Everything.class, yaml, problems)).isNull();

    assertThat(problems.all())
        .map(problem -> problem.line() + ":" + problem.column() + " " + problem.message())
        .containsExactly(expected.split("\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "batchsize, batch_size",
    "bach_size, batch_size",
    "batch-size, batch_size",
    "persistant_queue, persistent_queue",
    "queue, persistent_queue",
    "parallel_worker, parallel_worker_count",
    "request_timout, request_timeout"
  })
  void guessesWhatWasMeant(String written, String meant) {
    String yaml = written + ": 1";
    Problems problems = new Problems(new SourceText("x.yaml", yaml));

    bind(DestinationSettings.class, yaml, problems);

    assertThat(problems.all())
        .singleElement()
        .extracting(Problem::suggestion)
        .isEqualTo("did you mean '" + meant + "'?");
  }

  @Test
  void listsTheKeysWhenNoneIsLikeTheWrittenOne() {
    Problems problems = new Problems(new SourceText("x.yaml", "zzzzzz: 1\nx: 2"));

    bind(Point.class, "zzzzzz: 1\nx: 2", problems);

    assertThat(problems.all())
        .singleElement()
        .extracting(Problem::suggestion)
        .isEqualTo("there are x, y");
  }

  static Stream<String> leaks() {
    return Stream.of(
        "password: [hunter2]",
        "password: {hunter2: hunter2}",
        "passwort: hunter2",
        "point:\n  password: |\n    hunter2\n  x: 1",
        "{password: hunter2, number: 77}",
        "{number: 77, password: hunter2, size: 1x}",
        "number: {{ Env \"PW\" }}",
        "size: {{ Env \"PW\" }}",
        "pause: {{ Env \"PW\" }}",
        "flag: x{{ Env \"PW\" }}",
        "colour: {{ Env \"PW\" }}",
        "url: {{ Env \"PW\" }}",
        "pattern: ({{ Env \"PW\" }}",
        "point: {x: {{ Env \"PW\" }}}",
        "url: https://user:hunter2@[/",
        "password: a\npassword: hunter2",
        "text: a\ntext: {x: hunter2}",
        "password:\n  value: hunter2\n  number: 5",
        "password: \"x\n  hunter2\", number: 77");
  }

  @ParameterizedTest
  @MethodSource("leaks")
  void neverPrintsASecret(String yaml) {
    Problems problems = new Problems(new SourceText("x.yaml", yaml));
    try {
      bind(Everything.class, yaml, problems);
    } catch (NoSuchElementException noYaml) {
      assertThat(problems.hasErrors()).isTrue();
    }

    assertThat(problems.hasErrors()).isTrue();
    assertThat(problems.render()).doesNotContain("hunter2");
  }

  @Test
  void cannotBeMadeToSendEscapesToATerminal() {
    String yaml = "\"\\e[31mred\": 1\ncolour: \"\\e[2J\"\n";
    Problems problems = new Problems(new SourceText("x.yaml", yaml));

    bind(Everything.class, yaml, problems);

    assertThat(problems.all()).hasSize(2);
    assertThat(problems.render()).doesNotContain("\u001b");
  }

  record NoKeys(String x) {}

  record NoDefault(@Key("X.") int x) {}

  @Test
  void refusesRecordsThatAreNotMadeForIt() {
    assertThatIllegalStateException().isThrownBy(() -> bind(NoKeys.class, "{}"));
    assertThatIllegalStateException().isThrownBy(() -> bind(NoDefault.class, "{}"));
  }

  @Test
  void destinationSettingsHaveTheDocumentedDefaults() {
    DestinationSettings settings = bind(DestinationSettings.class, "persistent_queue: {path: /q}");

    assertThat(settings)
        .isEqualTo(
            new DestinationSettings(
                null,
                0,
                null,
                null,
                Duration.ofSeconds(30),
                null,
                null,
                null,
                new PersistentQueueSettings(
                    Path.of("/q"),
                    PersistentQueueSettings.Mode.ERROR,
                    DataSize.parse("1GB"),
                    0,
                    false,
                    Overflow.DROP_NEWEST,
                    PersistentQueueSettings.FsyncPolicy.ALWAYS,
                    Duration.ofSeconds(1),
                    null,
                    Compression.NONE,
                    DataSize.parse("64MiB")),
                null));
    assertThat(settings.workers()).isEqualTo(5);
    assertThat(
            bind(DestinationSettings.class, "persistent_queue: {path: /q, strict_ordering: true}")
                .workers())
        .isEqualTo(1);
    assertThat(bind(DestinationSettings.class, "memory_buffer: {}").memoryBuffer())
        .isEqualTo(new MemoryBuffer(20_000, DataSize.parse("8MiB")));
    assertThat(bind(DestinationSettings.class, "retry: {}").retry())
        .isEqualTo(new RetrySettings(Duration.ofSeconds(1), Duration.ofSeconds(60), 10));
    assertThat(bind(DestinationSettings.class, "resilience: {circuit_breaker: {}}").resilience())
        .isEqualTo(new Resilience(new CircuitBreaker(true, 5, null, 1)));
    assertThat(bind(DestinationSettings.class, "dead_letters: {}").deadLetters())
        .isEqualTo(new DeadLetterSettings(null, DataSize.parse("100MB")));
  }

  @Test
  void destinationSettingsTakeEveryKey() {
    DestinationSettings settings =
        bind(
            DestinationSettings.class,
            """
            parallel_workers: 1
            batch_size: 100
            batch_bytes: 2MiB
            batch_timeout: 3s
            request_timeout: 4s
            memory_buffer: {size: 5, max_byte_size: 6KiB}
            retry: {initial_interval: 7s, max_interval: 8s}
            resilience:
              circuit_breaker: {enabled: false, failure_threshold: 9, open_timeout: 10s, half_open_max_calls: 11}
            persistent_queue:
              path: /q
              mode: always
              max_byte_size: 12GiB
              drain_rate_limit: 13
              strict_ordering: true
              overflow: drop_oldest
              fsync: interval
              fsync_interval: 14s
              max_age: 15h
              compression: zstd
              segment_size: 16MiB
            dead_letters: {path: /d, max_byte_size: 17MB}
            """);

    assertThat(settings)
        .isEqualTo(
            new DestinationSettings(
                1,
                100,
                DataSize.parse("2MiB"),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                new MemoryBuffer(5, DataSize.parse("6KiB")),
                new RetrySettings(Duration.ofSeconds(7), Duration.ofSeconds(8), 10),
                new Resilience(new CircuitBreaker(false, 9, Duration.ofSeconds(10), 11)),
                new PersistentQueueSettings(
                    Path.of("/q"),
                    PersistentQueueSettings.Mode.ALWAYS,
                    DataSize.parse("12GiB"),
                    13,
                    true,
                    Overflow.DROP_OLDEST,
                    PersistentQueueSettings.FsyncPolicy.INTERVAL,
                    Duration.ofSeconds(14),
                    Duration.ofHours(15),
                    Compression.ZSTD,
                    DataSize.parse("16MiB")),
                new DeadLetterSettings(Path.of("/d"), DataSize.parse("17MB"))));
  }

  @Test
  void strictOrderingWantsOneWorker() {
    String yaml = "parallel_workers: 2\npersistent_queue: {path: /q, strict_ordering: true}\n";
    Problems problems = new Problems(new SourceText("x.yaml", yaml));

    assertThat(bind(DestinationSettings.class, yaml, problems)).isNull();

    assertThat(problems.all())
        .singleElement()
        .asString()
        .startsWith("x.yaml:1:1: error: node 'n': strict_ordering needs one worker");
  }

  @Test
  void anEmptyQueueBlockIsNoSilentAbsenceOfAQueue() {
    Problems problems = new Problems(new SourceText("x.yaml", "persistent_queue:\n"));

    assertThat(bind(DestinationSettings.class, "persistent_queue:\n", problems)).isNull();

    assertThat(problems.all())
        .map(Problem::message)
        .containsExactly("key 'persistent_queue' has no value");
  }

  @Test
  void describesItsKeysForPeople() {
    List<KeyDescription> keys = KeyDescription.of(Everything.class);

    assertThat(keys)
        .map(key -> key.name() + ": " + key.type() + " = " + key.defaultValue())
        .contains(
            "text: text = ",
            "flag: true or false = true",
            "number: whole number from 1 to 10 = 5",
            "size: size from 10B to 1MiB = 1KiB",
            "pause: duration, at least 1s = 5s",
            "colour: one of dark_red, blue = blue",
            "password: secret text = ",
            "point: block = ",
            "points: list of blocks = ",
            "times: block of names, each with duration = ",
            "shared: text = s");
    KeyDescription points =
        keys.stream().filter(key -> key.name().equals("points")).findFirst().orElseThrow();
    assertThat(points.nested()).map(KeyDescription::name).containsExactly("x", "y");
    assertThat(points.nested().get(0).required()).isTrue();
  }
}
