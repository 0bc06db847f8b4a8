package io.forebay.source.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.DataSize;
import io.forebay.source.Pipelines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileInputConfigTest {

  private static FileInputConfig config(String... keys) {
    return Pipelines.config(FileInputConfig.class, keys);
  }

  @Test
  void a_path_alone_is_enough() {
    FileInputConfig config = config("type: file_input", "path: /var/log/*.log");
    assertThat(config)
        .usingRecursiveComparison()
        .isEqualTo(
            new FileInputConfig(
                List.of("/var/log/*.log"),
                List.of(),
                null,
                Duration.ofSeconds(5),
                250,
                DataSize.parse("1MiB"),
                DataSize.parse("1MiB"),
                true,
                Duration.ofSeconds(1),
                DataSize.ofBytes(1000),
                FileInputConfig.StartAt.BEGINNING,
                Duration.ofSeconds(5),
                Duration.ofMillis(250),
                Duration.ofSeconds(5),
                512,
                DataSize.parse("8MiB"),
                false,
                false));
  }

  @Test
  void takes_lists_and_a_pattern() {
    FileInputConfig config =
        config(
            "type: file_input",
            "path: [/a/**/*.log, '/b/{x,y}.log']",
            "exclude: ['*.gz']",
            "line_pattern: '^\\d+'",
            "fingerprint_size: 64",
            "start_at: end",
            "enable_persisting_cursor: false");
    assertThat(config.path()).containsExactly("/a/**/*.log", "/b/{x,y}.log");
    assertThat(config.exclude()).containsExactly("*.gz");
    assertThat(String.valueOf(config.linePattern())).isEqualTo("^\\d+");
    assertThat(config.fingerprintSize()).isEqualTo(DataSize.ofBytes(64));
    assertThat(config.startAt()).isEqualTo(FileInputConfig.StartAt.END);
    assertThat(config.enablePersistingCursor()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          path: []            | names no file
          path: /var/log/     | names a directory
          path: /a/../b.log   | without '..'
          path: '/a/[b.log'   | is no glob
          path: ''            | empty path
          """)
  void says_what_is_wrong_with_a_path(String path, String message) {
    var loaded = Pipelines.load("type: file_input", path);
    assertThat(loaded.graph()).isEmpty();
    assertThat(loaded.problems().render()).contains(message);
  }
}
