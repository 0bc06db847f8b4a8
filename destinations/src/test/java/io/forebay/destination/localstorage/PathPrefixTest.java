package io.forebay.destination.localstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.destination.localstorage.LocalStorageConfig.PathPrefixSettings;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPrefixTest {

  private static final Instant TIME = Instant.parse("2026-03-05T07:09:11Z");

  @Test
  void isTheHourByDefault() {
    assertThat(PathPrefix.of(null).at(TIME, "tag", "host")).isEqualTo("2026/03/05/07");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Year,Month,Day,Hour | edgedelta/%s/%s/%s/%s/ | edgedelta/2026/03/05/07",
        "Year,Month,Day,Hour,2 Minute,tag,host | %s/%s/%s/%s/%s/%s/%s | 2026/03/05/07/08/prod/web-1",
        "year,5 minute | %d-%02d | 2026-05",
        "Minute | m%03d// | m009",
        "15 Minutes | %s | 00",
        "tag | 100%%/%s | 100%/prod",
        "'' | archive/ | archive",
      })
  void fillsThePlaceholders(String order, String format, String expected) {
    assertThat(prefix(order, format).at(TIME, "prod", "web-1")).isEqualTo(expected);
  }

  @Test
  void namesFromOutsideCannotLeaveTheDirectory() {
    PathPrefix prefix = prefix("tag,host", "%s/%s");

    assertThat(prefix.at(TIME, "../../etc", "..")).isEqualTo("_.._.._etc/_..");
    assertThat(prefix.at(TIME, "", "a/b\u0000c")).isEqualTo("_/a_b_c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Year | %s/%s | more placeholders",
        "Year,Month | %s | 1 placeholders, order has 2",
        "Week | %s | is unknown",
        "0 Minute | %s | unknown",
        "61 Minute | %s | unknown",
        "Year | /%s | must not begin",
        "Year | ../%s | must not begin with a point",
        "Year | .hidden/%s | must not begin with a point",
        "Year | %x/%s | % must stand before",
        "Year | %1000000000s | % must stand before",
        "Year | a\\%s | backslash",
      })
  void tellsWhatIsWrong(String order, String format, String message) {
    assertThatThrownBy(() -> prefix(order, format))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static PathPrefix prefix(String order, String format) {
    List<String> parts = order.isEmpty() ? List.of() : Arrays.asList(order.split(","));
    return PathPrefix.of(new PathPrefixSettings(parts, format));
  }
}
