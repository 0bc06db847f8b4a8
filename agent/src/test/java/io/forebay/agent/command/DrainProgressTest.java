package io.forebay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DrainProgressTest {

  private static final String WHY =
      "https://a-receiver-with-a-long-name.example.com:8443/ingest/telemetry/v2 does not accept"
          + " connections: connection refused; the next attempt comes in 20 s";

  private final StringWriter written = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  private DrainProgress progress(boolean terminal) {
    return new DrainProgress("out", new PrintWriter(written), terminal, nanos::get);
  }

  private static DeliverySnapshot snapshot(@Nullable String why) {
    return new DeliverySnapshot(
        DeliveryState.DRAINING,
        Instant.EPOCH,
        why,
        false,
        7,
        0,
        3,
        0,
        0,
        0,
        4,
        0,
        0,
        DeliverySnapshot.HeldBack.NOTHING,
        null,
        null,
        0,
        null,
        null,
        null);
  }

  @Test
  void aLineNowAndThenHasTheWholeReason() {
    DrainProgress progress = progress(false);
    progress.accept(snapshot(WHY));
    assertThat(written.toString()).isEmpty();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    progress.accept(snapshot(WHY));
    progress.accept(snapshot(WHY));
    progress.end();

    assertThat(written.toString().lines()).singleElement().asString().endsWith("/s; " + WHY);
  }

  @Test
  void onATerminalTheReasonHasALineOfItsOwn_andTheOneThatIsWrittenOverIsShort() {
    DrainProgress progress = progress(true);
    progress.accept(snapshot(null));
    assertThat(written.toString()).doesNotContain("\n");
    progress.accept(snapshot(WHY));
    progress.accept(snapshot(WHY));

    assertThat(written.toString().split("\n", -1)).hasSize(2);
    assertThat(written.toString().split("\n", -1)[0]).endsWith("; " + WHY);
    for (String line : written.toString().split("\n", -1)[1].split("\r", -1)) {
      assertThat(line).hasSizeLessThan(80);
    }
    progress.end();
    assertThat(written.toString()).endsWith("\r\u001b[K");
  }
}
