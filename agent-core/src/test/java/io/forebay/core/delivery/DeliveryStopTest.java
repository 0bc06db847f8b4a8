package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Stopping while something hangs: bounded in time, and nothing that was safe is lost. */
class DeliveryStopTest {

  private final Harness h = new Harness();

  private long stopMillis(Duration grace) {
    long before = h.time.now(TimeUnit.MILLISECONDS);
    assertThat(h.stop(grace)).isTrue();
    return h.time.now(TimeUnit.MILLISECONDS) - before;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRequestThatHangsIsGivenUpAtTheEndOfTheGraceAndItsItemsAreSaved(boolean strict) {
    h.strict = strict;
    h.batchSize = 10;
    h.start();
    h.destination.hang();
    h.offerMany("x", 100);

    assertThat(stopMillis(Duration.ofSeconds(5))).isBetween(4_900L, 6_000L);
    assertThat(h.ended).containsEntry("x0", true);
    assertThat(h.destination.closed).isTrue();
    Harness later = new Harness(h.queue, h.deadLetters);
    later.strict = strict;
    later.start();
    later.pass(Duration.ofSeconds(3));
    if (strict) {
      assertThat(later.destination.taken)
          .containsExactlyElementsOf(Arrays.asList(Harness.bodies("x", 100)));
    } else {
      assertThat(later.destination.taken)
          .containsExactlyInAnyOrderElementsOf(Arrays.asList(Harness.bodies("x", 100)));
    }
  }

  @Test
  void withoutAQueueARequestThatHangsFailsItsShareAtTheEndOfTheGrace() {
    h.withQueue = false;
    h.start();
    h.destination.hang();
    h.offer("x");
    h.pass(Duration.ofMillis(200));

    assertThat(stopMillis(Duration.ofSeconds(5))).isBetween(4_900L, 6_000L);
    assertThat(h.ended).containsEntry("x", false);
    assertThat(h.destination.closed).isTrue();
  }

  @Test
  void aDiskThatHangsEndsTheStopAnywayAndGivesTheItemsBack() {
    h.mode = Mode.ALWAYS;
    h.start();
    h.queue.diskHangs = true;
    h.offer("x");

    assertThat(stopMillis(Duration.ofSeconds(5))).isLessThan(8_000L);
    assertThat(h.ended).containsEntry("x", false);
  }

  @Test
  void aDeadLetterThatCannotBeWrittenGoesBackToTheQueue() {
    h.start();
    h.deadLetters.diskFails = true;
    h.destination.answer(new SendResult.Rejected("400"));
    h.offer("bad");
    h.pass(Duration.ofMillis(200));
    assertThat(stopMillis(Duration.ofSeconds(1))).isLessThan(3_000L);

    assertThat(h.ended).containsEntry("bad", true);
    assertThat(h.queue.lines()).singleElement().asString().contains("bad");
  }

  @Test
  void aBatchThatComesAfterTheStopFailsAtOnce() {
    h.start();
    stopMillis(Duration.ofSeconds(1));
    boolean[] safe = {true};
    h.delivery
        .accept(Flux.just(Batch.of(List.of(), Acknowledgement.of(ok -> safe[0] = ok))))
        .subscribe(nothing -> {}, error -> safe[0] = false);
    h.time.advanceTime();
    assertThat(safe[0]).isFalse();
  }
}
