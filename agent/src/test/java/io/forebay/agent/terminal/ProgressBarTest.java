package io.forebay.agent.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  private final StringWriter text = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  private ProgressBar bar(boolean shown, long total) {
    return new ProgressBar(new PrintWriter(text), shown, "checking", total, nanos::get);
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void shortWork_showsNothing() {
    try (ProgressBar bar = bar(true, 1000)) {
      pass(100);
      bar.at(500);
    }
    assertThat(text.toString()).isEmpty();
  }

  @Test
  void longWork_showsShareRateAndRest_andTakesItAway() {
    try (ProgressBar bar = bar(true, 10_000_000)) {
      pass(1000);
      bar.at(2_500_000);
      bar.at(2_600_000); // too soon
    }
    assertThat(text.toString())
        .isEqualTo(
            "\r\u001b[Kchecking [######..................]  25 %  2.5 MB/s  3s left\r\u001b[K");
  }

  @Test
  void withoutATerminal_nothingIsShown() {
    try (ProgressBar bar = bar(false, 1000)) {
      pass(10_000);
      bar.at(500);
    }
    assertThat(text.toString()).isEmpty();
  }

  @Test
  void unknownTotal_showsWhatIsDone() {
    ProgressBar bar = bar(true, 0);
    pass(2000);
    bar.at(4_000_000);
    assertThat(text.toString()).contains("4.0 MB  2.0 MB/s");
  }
}
