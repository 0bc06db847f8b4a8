package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.CircuitBreaker;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.queue.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What becomes of a batch, for each way in which a request or an append can end. */
class DeliveryOutcomesTest {

  private static final SendResult DOWN = new SendResult.Retry("503 Service Unavailable");
  private static final SendResult UP = SendResult.Delivered.INSTANCE;

  private final Harness h = new Harness();

  private static SendResult rejecting(List<String> bodies, String... bad) {
    for (String one : bad) {
      if (bodies.contains(one)) {
        return new SendResult.Rejected("400 Bad Request");
      }
    }
    return UP;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rejectedBatchIsBisectedToTheBadItems(boolean strict) {
    h.strict = strict;
    h.start();
    h.destination.answerWith(bodies -> rejecting(bodies, "x17", "x800"));
    h.offerMany("x", 1000);
    h.pass(Duration.ofSeconds(1));

    List<String> expected = new ArrayList<>(Arrays.asList(Harness.bodies("x", 1000)));
    expected.remove("x17");
    expected.remove("x800");
    if (strict) {
      assertThat(h.destination.taken).containsExactlyElementsOf(expected);
    } else {
      assertThat(h.destination.taken).containsExactlyInAnyOrderElementsOf(expected);
    }
    // k log n, and not n.
    assertThat(h.destination.requests.size()).isLessThan(2 * 2 * 11);
    assertThat(h.ended).containsEntry("x0", true);
    assertThat(h.snapshot().deadLetteredItems()).isEqualTo(2);
    assertThat(h.deadLetters.lines()).hasSize(2);
    assertThat(h.deadLetters.lines())
        .filteredOn(letter -> letter.contains("x17"))
        .singleElement()
        .asString()
        .startsWith(
            "{\"dead_letter\":{\"node\":\"out\",\"reason\":\"400 Bad Request\",\"attempts\":")
        .endsWith("},\"item\":{\"_type\":\"log\",\"timestamp\":1,\"body\":\"x17\"}}\n");
    assertThat(h.queue.appends).isZero();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
  }

  @Test
  void rejectedRecordsOfTheQueueAreAcknowledgedOneByOne() {
    h.mode = Mode.ALWAYS;
    h.start();
    h.destination.answerWith(bodies -> rejecting(bodies, "x3"));
    h.offerMany("x", 8);
    h.pass(Duration.ofSeconds(1));

    assertThat(h.destination.taken).hasSize(7).doesNotContain("x3");
    assertThat(h.queue.lines()).isEmpty();
    assertThat(h.snapshot().deadLetteredItems()).isEqualTo(1);
  }

  @Test
  void anItemIsHeldWhileItsDeadLetterCannotBeWritten() {
    h.start();
    h.deadLetters.diskFails = true;
    h.destination.answerWith(bodies -> rejecting(bodies, "bad"));
    h.offer("good", "bad");
    h.pass(Duration.ofSeconds(5));
    assertThat(h.ended).isEmpty();
    assertThat(h.snapshot().memoryItems()).isEqualTo(1);
    assertThat(h.snapshot().why()).contains("dead letters", "no space left");

    h.deadLetters.diskFails = false;
    h.pass(Duration.ofMinutes(2));
    assertThat(h.ended).containsEntry("good", true);
    assertThat(h.deadLetters.lines()).hasSize(1);
  }

  @Test
  void tooLargeBatchIsHalvedAndTheLowerBoundRemembered() {
    h.start();
    h.destination.answerWith(bodies -> bodies.size() > 30 ? new SendResult.TooLarge("413") : UP);
    h.offerMany("x", 100);
    h.pass(Duration.ofSeconds(1));
    assertThat(h.destination.taken).hasSize(100).doesNotHaveDuplicates();
    int before = h.destination.requests.size();
    h.offerMany("y", 100);
    h.pass(Duration.ofSeconds(1));

    assertThat(h.destination.taken).hasSize(200).doesNotHaveDuplicates();
    assertThat(h.destination.requests.subList(before, h.destination.requests.size()))
        .allMatch(bodies -> bodies.size() <= 30);
  }

  @Test
  void anItemThatIsTooLargeByItselfBecomesADeadLetter() {
    h.start();
    h.destination.answer(new SendResult.TooLarge("413"));
    h.offer("huge");
    h.pass(Duration.ofSeconds(1));

    assertThat(h.deadLetters.lines()).singleElement().asString().contains("too large: 413");
    assertThat(h.ended).containsEntry("huge", true);
  }

  @Test
  void pausedKeepsEverythingAndProbesSmallUntilTheReceiverTakesData() {
    h.start();
    h.destination.answer(new SendResult.Paused("401 Unauthorized"));
    h.offerMany("x", 100);
    h.pass(Duration.ofMinutes(10));

    assertThat(h.state()).isEqualTo(DeliveryState.PAUSED);
    assertThat(h.snapshot().why()).isEqualTo("401 Unauthorized");
    assertThat(h.queue.lines()).hasSize(100);
    int asked = h.destination.requests.size();
    assertThat(asked).isBetween(10, 60);
    assertThat(h.destination.requests.subList(1, asked)).allMatch(bodies -> bodies.size() <= 16);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(1));
    assertThat(h.destination.taken).hasSize(100).doesNotHaveDuplicates();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
    assertThat(h.events.transitions)
        .containsExactly("DIRECT>PAUSED", "PAUSED>DRAINING", "DRAINING>DIRECT");
  }

  @Test
  void anAnswerThatDoesNotComeCountsAsAFailure() {
    h.start();
    h.destination.hang();
    h.offer("a");
    h.pass(Duration.ofSeconds(29));
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
    h.pass(Duration.ofSeconds(2));
    assertThat(h.snapshot().why()).isEqualTo("no answer within 30s");
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(1));
    assertThat(h.destination.taken).containsExactly("a");
  }

  @Test
  void aDestinationThatThrowsOrAnswersNothingIsRetried() {
    h.start();
    int[] attempt = {0};
    h.destination.script(
        bodies ->
            switch (attempt[0]++) {
              case 0 -> throw new IllegalStateException("broken");
              case 1 -> Mono.empty();
              case 2 -> Mono.error(new java.io.IOException("reset"));
              default -> Mono.just(UP);
            });
    h.offer("a");
    h.pass(Duration.ofMinutes(1));
    assertThat(h.destination.taken).containsExactly("a");
  }

  @Test
  void theReceiversWordOnWaitingIsALowerBound() {
    h.start();
    h.destination.answer(new SendResult.Retry("429", Duration.ofSeconds(120)));
    h.offer("a");
    h.pass(Duration.ofSeconds(119));
    assertThat(h.destination.requests).hasSize(1);
    h.destination.answer(UP);
    h.pass(Duration.ofSeconds(10));
    assertThat(h.destination.taken).containsExactly("a");
  }

  @Test
  void theCircuitOpensAfterFailuresInARowAndOneProbeAtATimeFollows() {
    h.breaker = new CircuitBreaker(true, 3, Duration.ofSeconds(10), 2);
    h.workers = 4;
    h.batchSize = 1;
    h.start();
    h.destination.answer(DOWN);
    h.offerMany("x", 20);
    h.pass(Duration.ofSeconds(8));
    assertThat(h.snapshot().circuitOpen()).isTrue();
    h.destination.mostUnderWay = 0;
    h.destination.script(bodies -> Mono.just(DOWN).delayElement(Duration.ofMillis(10), h.time));
    int before = h.destination.requests.size();
    h.pass(Duration.ofSeconds(60));
    assertThat(h.destination.mostUnderWay).isEqualTo(1);
    assertThat(h.destination.requests.size() - before).isBetween(5, 7);

    h.destination.script(bodies -> Mono.just(UP).delayElement(Duration.ofMillis(100), h.time));
    while (h.destination.taken.isEmpty()) {
      h.pass(Duration.ofMillis(10));
    }
    assertThat(h.snapshot().circuitOpen()).isTrue();
    h.pass(Duration.ofMillis(150));
    assertThat(h.snapshot().circuitOpen()).isFalse();
    h.pass(Duration.ofSeconds(5));
    assertThat(h.destination.taken).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void afterARecoveryConcurrencyDoublesWithEachSuccess() {
    h.workers = 8;
    h.batchSize = 1;
    h.start();
    h.destination.answer(DOWN);
    h.offerMany("x", 100);
    h.pass(Duration.ofSeconds(1));
    List<Integer> concurrency = new ArrayList<>();
    h.destination.script(
        bodies -> {
          concurrency.add(h.destination.underWay);
          return Mono.just(UP).delayElement(Duration.ofMillis(10), h.time);
        });
    h.pass(Duration.ofSeconds(60));
    assertThat(concurrency.subList(0, 2)).containsExactly(1, 1);
    assertThat(concurrency).contains(2, 8);
    assertThat(concurrency).allMatch(n -> n <= 8);
    assertThat(h.destination.taken).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void oneBadBatchDoesNotHoldUpTheOthers() {
    h.workers = 2;
    h.batchSize = 1;
    h.start();
    h.destination.answerWith(bodies -> bodies.contains("poison") ? DOWN : UP);
    h.offer("poison");
    h.offerMany("x", 200);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).hasSize(200).doesNotHaveDuplicates();
    assertThat(h.queue.lines()).hasSize(1);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).contains("poison");
  }

  @Test
  void aFullQueueDropsWhatIsNewAndCountsIt() {
    h.queue.capacity = 1000;
    h.start();
    h.destination.answer(DOWN);
    for (int i = 0; i < 50; i++) {
      h.offer("x" + i);
      h.pass(Duration.ofMillis(100));
    }
    assertThat(h.ended).hasSize(50).doesNotContainValue(false);
    long dropped = h.events.dropped.get("overflow_newest");
    assertThat(dropped).isBetween(20L, 40L);
    assertThat(h.snapshot().droppedItems()).isEqualTo(dropped);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).contains("x0").hasSize((int) (50 - dropped));
  }

  @Test
  void aRingDropsWhatIsOldestAndCountsItOnce() {
    h.queue.capacity = 1000;
    h.overflow = Overflow.DROP_OLDEST;
    h.batchSize = 2;
    h.start();
    h.destination.script(bodies -> Mono.just(DOWN).delayElement(Duration.ofMillis(30), h.time));
    for (int i = 0; i < 50; i++) {
      h.offer("x" + i);
      h.pass(Duration.ofMillis(100));
    }
    long dropped = h.events.dropped.get("overflow_oldest");
    assertThat(dropped).isGreaterThan(20);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).contains("x49");
    assertThat(h.snapshot().bufferedItems()).isZero();
    assertThat(h.snapshot().deliveredItems() + h.snapshot().droppedItems()).isEqualTo(50);
  }

  @Test
  void whatTheRingGivesUpWhileItIsSentCountsAsDeliveredOnly() {
    h.queue.capacity = 1000;
    h.overflow = Overflow.DROP_OLDEST;
    h.start();
    h.destination.answer(DOWN);
    h.offer("x0", "x1", "x2");
    h.pass(Duration.ofMillis(200));
    Sinks.One<SendResult> answer = Sinks.one();
    h.destination.script(bodies -> answer.asMono());
    h.pass(Duration.ofSeconds(5));
    assertThat(h.snapshot().inFlightRequests()).isEqualTo(1);
    for (int i = 3; i < 50; i++) {
      h.offer("x" + i);
    }
    assertThat(h.queue.evictions).isGreaterThanOrEqualTo(3);
    long dropped = h.events.dropped.get("overflow_oldest");
    assertThat(h.snapshot().deliveredItems()).isZero();

    h.destination.answer(UP);
    answer.tryEmitValue(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).contains("x0", "x1", "x2", "x49").doesNotHaveDuplicates();
    assertThat(h.snapshot().deliveredItems()).isEqualTo(h.destination.taken.size());
    assertThat(h.snapshot().droppedItems()).isEqualTo(50 - h.destination.taken.size());
    assertThat(h.events.dropped).containsEntry("overflow_oldest", dropped);
  }

  @Test
  void whatTheRingGivesUpWhileItIsReadAheadIsDroppedByTheStop() {
    h.queue.capacity = 1000;
    h.overflow = Overflow.DROP_OLDEST;
    h.start();
    h.destination.answer(DOWN);
    h.offer("x0", "x1", "x2");
    h.pass(Duration.ofSeconds(5));
    for (int i = 3; i < 50; i++) {
      h.offer("x" + i);
    }
    assertThat(h.queue.evictions).isGreaterThanOrEqualTo(3);
    long dropped = h.snapshot().droppedItems() + h.queue.evictions;
    assertThat(h.stop(Duration.ofSeconds(1))).isTrue();

    h.checkBooks();
    assertThat(h.destination.taken).isEmpty();
    assertThat(h.snapshot().droppedItems()).isEqualTo(dropped);
    assertThat(h.queue.lines()).hasSize((int) (50 - dropped));
  }

  @Test
  void aBlockedQueueSlowsTheSourcesAndLosesNothing() {
    h.queue.capacity = 1000;
    h.overflow = Overflow.BLOCK;
    h.memoryItems = 20;
    h.start();
    h.destination.answer(DOWN);
    for (int i = 0; i < 100; i++) {
      h.offer("x" + i);
    }
    h.pass(Duration.ofSeconds(10));
    assertThat(h.snapshot().receivedItems()).isLessThan(60);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).hasSize(100).doesNotHaveDuplicates();
    assertThat(h.events.dropped).isEmpty();
  }

  @Test
  void aFailingDiskHoldsTheItemsInMemoryAndSendsThemWhenItCan() {
    h.mode = Mode.ALWAYS;
    h.memoryItems = 50;
    h.start();
    h.queue.diskFails = true;
    h.offer("a");
    h.pass(Duration.ofMillis(500));
    assertThat(h.destination.taken).containsExactly("a");
    assertThat(h.ended).containsEntry("a", true);
    assertThat(h.snapshot().why()).contains("cannot be written", "no space left");

    h.destination.answer(DOWN);
    for (int i = 0; i < 100; i++) {
      h.offer("x" + i);
    }
    h.pass(Duration.ofMinutes(5));
    assertThat(h.snapshot().memoryItems()).isBetween(30L, 50L);
    assertThat(h.ended).hasSize(1);

    h.queue.diskFails = false;
    h.pass(Duration.ofMinutes(2));
    assertThat(h.ended).hasSize(101).doesNotContainValue(false);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).hasSize(101).doesNotHaveDuplicates();
    assertThat(h.snapshot().why()).isNull();
  }

  @Test
  void batchesAreMergedAndSplitWithinTheirBounds() {
    h.batchSize = 10;
    h.start();
    h.offerMany("a", 4);
    h.offerMany("b", 4);
    assertThat(h.destination.requests).isEmpty();
    h.offerMany("c", 25);
    h.pass(Duration.ofMillis(200));

    assertThat(h.destination.requests).extracting(List::size).containsExactly(10, 10, 10, 3);
    assertThat(h.destination.taken.subList(0, 8))
        .containsExactly("a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3");
    assertThat(h.ended).hasSize(3);
  }

  @Test
  void batchesAreBoundedInBytes() {
    h.batchBytes = DataSize.ofBytes(1000);
    h.start();
    h.offerMany("x", 100);
    h.offer("y".repeat(5000));
    h.pass(Duration.ofMillis(200));
    assertThat(h.destination.requests.stream().filter(r -> r.get(0).startsWith("x")))
        .allMatch(r -> r.size() <= 10);
    assertThat(h.destination.taken).hasSize(101);
  }

  @Test
  void aBatchThatSomebodyWaitsForIsSentAtOnce() {
    h.batchTimeout = Duration.ofSeconds(5);
    h.start();
    h.offer("a");
    assertThat(h.destination.taken).isEmpty();
    h.offerAwaited("b");
    assertThat(h.destination.taken).containsExactly("a", "b");
  }

  @Test
  void anEmptyBatchEndsItsShareAtOnce() {
    h.start();
    boolean[] safe = {false};
    h.offer(io.forebay.core.item.Acknowledgement.of(ok -> safe[0] = ok));
    assertThat(safe[0]).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 1000})
  void theDrainRateHoldsEvenly(int rate) {
    h.drainRateLimit = rate;
    h.start();
    h.destination.answer(DOWN);
    int items = rate * 4;
    h.offerMany("x", items);
    h.pass(Duration.ofMillis(200));
    h.destination.answer(UP);
    while (h.destination.taken.isEmpty()) {
      h.pass(Duration.ofMillis(10));
    }
    int burst = Math.max(rate / 10, 1);
    long began = h.time.now(TimeUnit.NANOSECONDS);
    int atStart = h.destination.taken.size();
    assertThat(atStart).isLessThanOrEqualTo(burst);
    for (int i = 0; i < 100 && h.destination.taken.size() < items; i++) {
      h.pass(Duration.ofMillis(50));
      double seconds = (h.time.now(TimeUnit.NANOSECONDS) - began) / 1e9;
      assertThat((double) h.destination.taken.size() - atStart)
          .isBetween(rate * seconds - 2 * burst - 1, rate * seconds + burst + 1e-6);
    }
    assertThat(h.destination.taken).hasSize(items).doesNotHaveDuplicates();
    assertThat(h.destination.requests).allMatch(r -> r.size() <= Math.max(burst, items));
  }
}
