package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.queue.QueueFuzz.Reached;
import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A million damaged files, other ones in each run. {@code -Dforebay.fuzz.seed} runs one of them
 * again, {@code -Dforebay.fuzz.cases} more of them.
 */
@Timeout(1200)
class QueueFuzzIT {

  private static final Logger log = LoggerFactory.getLogger(QueueFuzzIT.class);

  @Test
  void damagedFiles_harmNoReader() throws IOException {
    QueueFuzz fuzz = new QueueFuzz();
    Long replayed = Long.getLong("forebay.fuzz.seed");
    if (replayed != null) {
      fuzz.run(replayed);
      return;
    }
    long cases = Long.getLong("forebay.fuzz.cases", 1_000_000L);
    long first = System.currentTimeMillis() << 20;
    long began = System.nanoTime();
    LongStream.range(first, first + cases).parallel().forEach(fuzz::run);
    log.info(
        "{} damaged files from -Dforebay.fuzz.seed={} on, in {} s: {}",
        cases,
        first,
        (System.nanoTime() - began) / 1_000_000_000,
        fuzz);
    for (Reached kind : Reached.values()) {
      assertThat(fuzz.reached(kind)).as("%s in %s", kind, fuzz).isPositive();
    }
  }
}
