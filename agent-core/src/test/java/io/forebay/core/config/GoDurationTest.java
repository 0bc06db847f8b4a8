package io.forebay.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "5s, PT5S, 5s",
    "1m30s, PT1M30S, 1m30s",
    "1m0s, PT1M, 1m",
    "2h, PT2H, 2h",
    "30m0s, PT30M, 30m",
    "500ms, PT0.5S, 500ms",
    "1.5h, PT1H30M, 1h30m",
    ".5s, PT0.5S, 500ms",
    "0, PT0S, 0s",
    "0s, PT0S, 0s",
    "1500ms, PT1.5S, 1.5s",
    "250us, PT0.00025S, 0.00025s",
    "24h, PT24H, 24h",
  })
  void readsAndWritesGosForm(String text, Duration expected, String written) {
    assertThat(GoDuration.parse(text)).isEqualTo(expected);
    assertThat(GoDuration.format(expected)).isEqualTo(written);
    assertThat(GoDuration.parse(written)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "5",
        "s",
        "5 s",
        "1m 30s",
        "-5s",
        "5x",
        "1d",
        "5s!",
        "1..5s",
        "PT5S",
        "9999999999h"
      })
  void refusesEverythingElse(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> GoDuration.parse(text));
  }
}
