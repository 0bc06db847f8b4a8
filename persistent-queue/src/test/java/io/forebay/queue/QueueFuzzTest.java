package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.queue.QueueFuzz.Reached;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Twenty thousand damaged files; {@code -Dforebay.fuzz.seed} runs one again. */
@Timeout(120)
class QueueFuzzTest {

  private static final int CASES = 20_000;

  @Test
  void damagedFiles_harmNoReader() throws IOException {
    QueueFuzz fuzz = new QueueFuzz();
    Long replayed = Long.getLong("forebay.fuzz.seed");
    if (replayed != null) {
      fuzz.run(replayed);
      return;
    }
    for (long seed = 0; seed < CASES; seed++) {
      fuzz.run(seed);
    }
    for (Reached kind : Reached.values()) {
      assertThat(fuzz.reached(kind)).as("%s in %s", kind, fuzz).isPositive();
    }
  }
}
