package io.forebay.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {

  private static final List<String> SETTINGS =
      List.of("tag", "log", "shutdown_grace", "persisting_cursor_settings", "name", "type");

  @ParameterizedTest
  @CsvSource({
    "tga, tag",
    "atg, tag",
    "tagg, tag",
    "lgo, log",
    "naem, name",
    "tpye, type",
    "shutdwon_grace, shutdown_grace",
    "shutdown-grace, shutdown_grace",
    "persisting_cursor, persisting_cursor_settings"
  })
  void guessesWhatWasMeant(String written, String meant) {
    assertThat(Suggestions.nearest(written, SETTINGS)).contains(meant);
    assertThat(Suggestions.of(written, SETTINGS)).isEqualTo("did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({"gat", "xyz", "endpoint"})
  void listsTheNamesWhereNoneIsNear(String written) {
    assertThat(Suggestions.nearest(written, SETTINGS)).isEmpty();
    assertThat(Suggestions.of(written, SETTINGS)).startsWith("there are log, name, ");
  }

  @Test
  void hasNothingToSayWithoutNames() {
    assertThat(Suggestions.of("tga", List.of())).isNull();
  }
}
