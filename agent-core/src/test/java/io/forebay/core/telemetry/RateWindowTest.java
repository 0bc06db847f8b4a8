package io.forebay.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateWindowTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void isZeroBeforeTwoSamples() {
    RateWindow window = new RateWindow();
    assertThat(window.perSecond()).isZero();
    window.sample(5, 0);
    assertThat(window.perSecond()).isZero();
  }

  @Test
  void coversTheLastTenSeconds() {
    RateWindow window = new RateWindow();
    for (int second = 0; second <= 100; second++) {
      window.sample(second < 95 ? 0 : (second - 94) * 10, second * SECOND);
    }

    assertThat(window.perSecond()).isEqualTo(6);
  }

  @Test
  void survivesTwoSamplesAtOneTime() {
    RateWindow window = new RateWindow();
    window.sample(1, 7);
    window.sample(2, 7);
    assertThat(window.perSecond()).isZero();
  }
}
