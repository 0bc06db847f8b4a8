package io.forebay.agent.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AmountsTest {

  @Test
  void bytes_haveTwoDigitsAtLeast() {
    assertThat(Amounts.bytes(0)).isEqualTo("0 B");
    assertThat(Amounts.bytes(999)).isEqualTo("999 B");
    assertThat(Amounts.bytes(1000)).isEqualTo("1.0 kB");
    assertThat(Amounts.bytes(9_949)).isEqualTo("9.9 kB");
    assertThat(Amounts.bytes(9_960)).isEqualTo("10 kB");
    assertThat(Amounts.bytes(999_600)).isEqualTo("1.0 MB");
    assertThat(Amounts.bytes(8_000_000_000_000_000L)).isEqualTo("8000 TB");
  }

  @Test
  void ages_haveTheTwoHighestUnits() {
    assertThat(Amounts.age(Duration.ofSeconds(-3))).isEqualTo("0s");
    assertThat(Amounts.age(Duration.ofSeconds(59))).isEqualTo("59s");
    assertThat(Amounts.age(Duration.ofSeconds(200))).isEqualTo("3m20s");
    assertThat(Amounts.age(Duration.ofMinutes(125))).isEqualTo("2h05m");
    assertThat(Amounts.age(Duration.ofHours(76))).isEqualTo("3d4h");
  }

  @Test
  void counts_haveTheirNoun() {
    assertThat(Amounts.count(1, "record")).isEqualTo("1 record");
    assertThat(Amounts.count(1234, "record")).isEqualTo("1,234 records");
  }
}
