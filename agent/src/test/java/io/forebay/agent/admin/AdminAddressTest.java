package io.forebay.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminAddressTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:9000, 0.0.0.0, 9000",
    "localhost:0, localhost, 0",
    "[::1]:9710, ::1, 9710",
    "9000, 127.0.0.1, 9000"
  })
  void parse_readsHostAndPort(String text, String host, int port) {
    assertThat(AdminAddress.parse(text)).isEqualTo(new AdminAddress(true, host, port));
  }

  @Test
  void parse_off() {
    assertThat(AdminAddress.parse(" OFF ").enabled()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", "host:", ":9710", "host:70000", "host:-1", "::1:9710", "a:b:c"})
  void parse_refusesTheRest(String text) {
    assertThatThrownBy(() -> AdminAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:9710", "[::1]:9710", "off"})
  void toString_canBeParsedAgain(String text) {
    assertThat(AdminAddress.parse(text)).hasToString(text);
  }
}
