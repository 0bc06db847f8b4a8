package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** When attempts are made, and how large they are, in and after an outage. */
class DeliveryPacingTest {

  private static final SendResult UP = SendResult.Delivered.INSTANCE;
  private static final SendResult DOWN = new SendResult.Retry("connection refused");

  @Test
  void tenMinutesOfOutage_oneAttemptAMinuteOnceBackedOff() {
    for (int seed = 0; seed < 50; seed++) {
      Harness h = new Harness();
      h.strict = true;
      h.random = new Random(seed);
      List<Long> attempts = new ArrayList<>();
      h.destination.script(
          bodies -> {
            attempts.add(h.time.now(TimeUnit.SECONDS));
            return Mono.just(DOWN);
          });
      h.start();
      h.offerMany("x", 10);
      h.pass(Duration.ofMinutes(10));

      // Intervals of 1, 2, 4 … 32 s, one attempt in each, end 63 s after the first failure.
      assertThat(attempts.stream().filter(at -> at < 63).count()).isBetween(6L, 8L);
      for (long minute = 63; minute + 60 <= 600; minute += 60) {
        long from = minute;
        assertThat(attempts.stream().filter(at -> at >= from && at < from + 60).count())
            .as("attempts from second %s on, seed %s: %s", from, seed, attempts)
            .isBetween(0L, 2L);
      }
      assertThat(attempts.stream().filter(at -> at >= 63).count())
          .as("attempts in 537 s, seed %s: %s", seed, attempts)
          .isBetween(8L, 9L);
    }
  }

  @Test
  void aThousandAgents_doNotComeAtOnceAfterAnOutage() {
    int[] arrivals = new int[130];
    for (int agent = 0; agent < 1000; agent++) {
      Harness h = new Harness();
      h.strict = true;
      h.random = new Random(agent);
      h.destination.answer(DOWN);
      h.start();
      h.offerMany("x", 3);
      h.time.advanceTimeBy(Duration.ofMinutes(10));
      long back = h.time.now(TimeUnit.SECONDS);
      h.destination.answer(UP);
      for (int second = 0; h.destination.taken.isEmpty() && second < 130; second++) {
        h.time.advanceTimeBy(Duration.ofSeconds(1));
      }
      assertThat(h.destination.taken).hasSize(3);
      arrivals[(int) (h.time.now(TimeUnit.SECONDS) - back) - 1]++;
    }

    StringBuilder histogram = new StringBuilder("agents that arrive, by 5 s after the outage:");
    int most = 0;
    for (int from = 0; from < arrivals.length; from += 5) {
      int sum = 0;
      for (int second = from; second < from + 5; second++) {
        sum += arrivals[second];
        most = Math.max(most, arrivals[second]);
      }
      histogram.append(String.format("%n%4d s %4d %s", from, sum, "#".repeat(sum / 2)));
    }
    System.out.println(histogram.append(String.format("%n%d in the fullest second", most)));
    // Evenly spread over a minute, 17 come in a second; 40 would be 5.6 standard deviations more.
    assertThat(most).isLessThan(40);
  }

  @Test
  void afterAnOutage_requestsStartSmallAndDouble() {
    Harness h = new Harness();
    h.strict = true;
    h.batchSize = 160;
    h.start();
    h.destination.answer(DOWN);
    h.offerMany("x", 1000);
    h.pass(Duration.ofSeconds(30));
    h.destination.requests.clear();
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));

    List<Integer> sizes = h.destination.requests.stream().map(List::size).toList();
    assertThat(sizes.subList(0, 5)).isSorted().contains(10);
    assertThat(sizes).contains(160);
    assertThat(h.destination.taken).hasSize(1000);
  }

  @Test
  void anOverloadedReceiver_isAskedForHalf() {
    Harness h = new Harness();
    h.withQueue = false;
    h.batchSize = 64;
    h.workers = 1;
    h.memoryItems = 100_000;
    h.destination.answerWith(
        bodies -> bodies.size() > 16 ? new SendResult.Retry("busy", null, true) : UP);
    h.start();
    h.offerMany("x", 2000);
    h.pass(Duration.ofMinutes(20));

    assertThat(h.destination.requests).anyMatch(bodies -> bodies.size() == 16);
  }

  @Test
  void aWakeUp_endsTheWaitOfAPause() {
    Harness h = new Harness();
    h.start();
    h.destination.answer(new SendResult.Paused("the certificate has expired"));
    h.offerMany("x", 100);
    h.pass(Duration.ofMinutes(10));
    assertThat(h.state()).isEqualTo(DeliveryState.PAUSED);

    h.destination.answer(UP);
    int before = h.destination.requests.size();
    h.destination.wakeUps.tryEmitNext("the certificate was renewed").orThrow();
    h.pass(Duration.ofSeconds(1));

    assertThat(h.destination.requests).hasSizeGreaterThan(before);
    assertThat(h.destination.taken).hasSize(100);
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
  }

  @Test
  void aWakeUp_duringAnAttemptThatFails_isNotForgotten() {
    Harness h = new Harness();
    h.start();
    h.destination.answer(new SendResult.Paused("the certificate has expired"));
    h.offerMany("x", 100);
    h.pass(Duration.ofMinutes(10));
    h.destination.script(
        bodies ->
            Mono.<SendResult>just(new SendResult.Paused("the certificate has expired"))
                .delayElement(Duration.ofSeconds(2), h.time));
    int before = h.destination.requests.size();
    while (h.destination.requests.size() == before) {
      h.pass(Duration.ofSeconds(1));
    }

    h.destination.answer(UP);
    h.destination.wakeUps.tryEmitNext("the certificate was renewed").orThrow();
    h.pass(Duration.ofSeconds(3));

    assertThat(h.destination.taken).hasSize(100);
  }

  @Test
  void aWakeUp_inHealthChangesNothing() {
    Harness h = new Harness();
    h.start();
    h.destination.wakeUps.tryEmitNext("the certificate was renewed").orThrow();
    h.offerMany("x", 100);
    h.pass(Duration.ofSeconds(1));

    assertThat(h.destination.taken).hasSize(100);
  }
}
