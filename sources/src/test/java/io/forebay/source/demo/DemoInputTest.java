package io.forebay.source.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.NodeListener;
import io.forebay.core.config.DataSize;
import io.forebay.source.worker.Receiver;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.SignalType;

class DemoInputTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  private static DemoInput source(
      int perSecond, long count, DemoInputConfig.LogType type, int size, long seed) {
    return new DemoInput(
        new DemoInputConfig(perSecond, count, type, DataSize.ofBytes(size), seed),
        new ComponentContext(
            "demo", "test", Path.of("unused"), CLOCK, new Random(1), NodeListener.NONE));
  }

  private static Receiver all(DemoInput source) {
    Receiver received = Receiver.acknowledging(source.batches());
    await().until(() -> received.ended() == SignalType.ON_COMPLETE);
    return received;
  }

  @ParameterizedTest
  @EnumSource
  void numbers_its_items_and_completes_after_the_count(DemoInputConfig.LogType type) {
    Receiver received = all(source(0, 2500, type, 300, 1));
    assertThat(received.items()).hasSize(2500);
    for (int i = 0; i < 2500; i++) {
      assertThat(received.items().get(i).body().toUtf8())
          .contains(String.format("SEQ=%010d", i + 1));
      assertThat(received.items().get(i).attributes()).containsEntry("seq", i + 1L);
      assertThat(received.items().get(i).body().length()).isGreaterThanOrEqualTo(300);
    }
  }

  @Test
  void the_same_seed_gives_the_same_items_and_another_seed_others() {
    DemoInputConfig.LogType type = DemoInputConfig.LogType.APACHE_COMMON;
    List<String> bodies = all(source(0, 100, type, 0, 5)).bodies();
    assertThat(all(source(0, 100, type, 0, 5)).bodies()).isEqualTo(bodies);
    assertThat(all(source(0, 100, type, 0, 6)).bodies()).isNotEqualTo(bodies);
    assertThat(bodies.get(0))
        .matches(
            "\\d+\\.\\d+\\.\\d+\\.\\d+ - - \\[02/Jan/2026:03:04:05 \\+0000\\] \"[A-Z]+ \\S+ HTTP/1.1\" \\d+ \\d+ SEQ=0000000001");
  }

  @Test
  void keeps_the_rate() {
    long start = System.nanoTime();
    Receiver received = all(source(1000, 700, DemoInputConfig.LogType.PLAIN, 0, 1));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(took).isBetween(Duration.ofMillis(690), Duration.ofSeconds(5));
    assertThat(received.batches()).hasSizeGreaterThan(5);
  }

  @Test
  void makes_up_for_one_second_at_most() {
    Receiver received =
        Receiver.of(source(100, 0, DemoInputConfig.LogType.PLAIN, 0, 1).batches(), 0, batch -> {});
    await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
    received.request(1);
    await().until(() -> received.batches().size() == 1);
    assertThat(received.items()).hasSize(100);
    received.cancel();
  }
}
