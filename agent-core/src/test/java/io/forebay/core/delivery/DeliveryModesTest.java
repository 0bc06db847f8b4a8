package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The table of modes: each row, and each column where the columns differ. */
class DeliveryModesTest {

  private static final SendResult DOWN = new SendResult.Retry("503 Service Unavailable");
  private static final SendResult UP = SendResult.Delivered.INSTANCE;

  private final Harness h = new Harness();

  @ParameterizedTest
  @EnumSource(names = {"ERROR", "BACKPRESSURE"})
  void healthyUsesMemoryOnly(Mode mode) {
    h.mode = mode;
    h.start();
    h.offer("a", "b");
    h.offer("c");
    assertThat(h.ended).isEmpty();
    h.pass(Duration.ofMillis(200));

    assertThat(h.destination.taken).containsExactly("a", "b", "c");
    assertThat(h.ended).containsEntry("a", true).containsEntry("c", true);
    assertThat(h.queue.appends).isZero();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
    assertThat(h.events.transitions).isEmpty();
  }

  @Test
  void healthyInModeAlwaysGoesThroughTheDisk() {
    h.mode = Mode.ALWAYS;
    h.start();
    h.offer("a", "b");

    // The share ends with the append, before anything is sent.
    assertThat(h.ended).containsEntry("a", true);
    assertThat(h.queue.lines()).hasSize(2);
    assertThat(h.destination.taken).isEmpty();
    h.pass(Duration.ofMillis(200));

    assertThat(h.destination.taken).containsExactly("a", "b");
    assertThat(h.queue.lines()).isEmpty();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
    assertThat(h.events.transitions).isEmpty();
  }

  @Test
  void fullBatchesOfABacklogInModeAlwaysDoNotLinger() {
    h.mode = Mode.ALWAYS;
    h.batchTimeout = Duration.ofSeconds(5);
    h.batchBytes = DataSize.parse("4KiB");
    h.start();
    // Each quote is two bytes once it is encoded, so the lines are longer than the items weigh.
    String[] bodies = Harness.bodies("\"".repeat(400), 100);
    h.offer(bodies);
    h.pass(Duration.ofMillis(300));

    assertThat(h.destination.taken).containsExactly(bodies);
  }

  @ParameterizedTest
  @EnumSource
  void retryableErrorSendsTheBatchAndAllNewDataToDisk(Mode mode) {
    h.mode = mode;
    h.start();
    h.destination.answer(DOWN);
    h.offer("a");
    h.pass(Duration.ofMillis(200));
    assertThat(h.state()).isEqualTo(DeliveryState.SPILLING);
    assertThat(h.ended).containsEntry("a", true);
    h.offer("b", "c");
    h.offer("d");

    assertThat(h.ended).containsEntry("b", true).containsEntry("d", true);
    assertThat(h.queue.lines()).hasSize(4);
    assertThat(h.snapshot().memoryItems()).isZero();
    assertThat(h.snapshot().why()).isEqualTo("503 Service Unavailable");

    h.destination.answer(UP);
    h.pass(Duration.ofSeconds(5));
    assertThat(h.destination.taken).containsExactlyInAnyOrder("a", "b", "c", "d");
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
    assertThat(h.queue.lines()).isEmpty();
    assertThat(h.snapshot().why()).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"ERROR"})
  void fullMemorySlowsTheSourcesInModeError(Mode mode) {
    h.mode = mode;
    fillMemory();

    assertThat(h.snapshot().memoryItems()).isEqualTo(80);
    assertThat(h.queue.appends).isZero();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);

    h.destination.answer(UP);
    // The two requests under way never end; they time out, and the rest goes on.
    h.pass(Duration.ofSeconds(40));
    assertThat(h.destination.taken).hasSize(200).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfTheInputSendsWhatIsHeldAtOnce(Mode mode) {
    h.mode = mode;
    h.batchTimeout = Duration.ofSeconds(5);
    h.start();
    h.offer("a", "b");
    h.offer("c");
    h.pass(Duration.ofMillis(30));
    assertThat(h.destination.taken).isEmpty();
    h.endInput();

    assertThat(h.destination.taken).containsExactly("a", "b", "c");
    assertThat(h.ended).containsEntry("a", true).containsEntry("c", true);
    assertThat(h.snapshot().bufferedItems()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void anIncompleteBatchGoesOutOnceNothingMoreComes(Mode mode) {
    h.mode = mode;
    h.batchTimeout = Duration.ofSeconds(5);
    h.start();
    h.offer("a");
    h.pass(Duration.ofMillis(30));
    h.offer("b");
    h.pass(Duration.ofMillis(45));
    assertThat(h.destination.taken).isEmpty();
    h.pass(Duration.ofMillis(10));
    assertThat(h.destination.taken).containsExactly("a", "b");
  }

  @ParameterizedTest
  @EnumSource
  void aSteadyTrickleIsGatheredForTheWholeTimeout(Mode mode) {
    h.mode = mode;
    h.batchTimeout = Duration.ofSeconds(5);
    h.start();
    for (int i = 0; i < 124; i++) {
      h.offer("a" + i);
      h.pass(Duration.ofMillis(40));
    }
    assertThat(h.destination.taken).isEmpty();
    h.offer("last");
    h.pass(Duration.ofMillis(45));
    assertThat(h.destination.taken).hasSizeGreaterThan(120);
  }

  @Test
  void theEndOfOneOfTwoInputsLetsTheOtherFillItsBatch() {
    h.batchTimeout = Duration.ofSeconds(5);
    h.start();
    h.delivery.accept(Flux.never()).subscribe();
    h.offer("a");
    h.endInput();
    assertThat(h.destination.taken).isEmpty();
    h.pass(Duration.ofSeconds(6));
    assertThat(h.destination.taken).containsExactly("a");
  }

  @Test
  void anInputThatComesAfterAnotherEndedFillsItsBatchAgain() {
    h.batchTimeout = Duration.ofSeconds(5);
    h.start();
    h.endInput();
    h.acceptAnother();
    h.offer("a");
    assertThat(h.destination.taken).isEmpty();
    h.pass(Duration.ofSeconds(6));
    assertThat(h.destination.taken).containsExactly("a");
  }

  @Test
  void fullMemoryGoesToDiskInModeBackpressureUntilItIsHalfEmpty() {
    h.mode = Mode.BACKPRESSURE;
    List<Sinks.One<SendResult>> open = new ArrayList<>();
    h.destination.script(
        bodies -> {
          Sinks.One<SendResult> sink = Sinks.one();
          open.add(sink);
          return sink.asMono();
        });
    h.memoryItems = 100;
    h.batchSize = 10;
    h.workers = 2;
    h.start();
    for (int i = 0; i < 20; i++) {
      h.offerMany("b" + i + "-", 10);
    }

    assertThat(h.state()).isEqualTo(DeliveryState.SPILLING);
    assertThat(h.snapshot().memoryItems()).isEqualTo(80);
    assertThat(h.queue.lines()).hasSize(120);
    assertThat(h.snapshot().receivedItems()).isEqualTo(200);

    // Below 50 % it ends: four of eight batches are not enough, the fifth is.
    for (int i = 0; i < 3; i++) {
      open.remove(0).tryEmitValue(UP);
      h.pass(Duration.ofMillis(1));
      assertThat(h.state()).isEqualTo(DeliveryState.SPILLING);
    }
    while (h.snapshot().memoryItems() >= 50) {
      open.remove(0).tryEmitValue(UP);
      h.pass(Duration.ofMillis(1));
    }
    assertThat(h.state()).isEqualTo(DeliveryState.DRAINING);
    h.offerMany("late", 10);
    assertThat(h.ended).doesNotContainKey("late0");

    h.destination.answer(UP);
    while (!open.isEmpty()) {
      open.remove(0).tryEmitValue(UP);
      h.pass(Duration.ofMillis(1));
    }
    h.pass(Duration.ofSeconds(1));
    assertThat(h.destination.taken).hasSize(210).doesNotHaveDuplicates();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
  }

  private void fillMemory() {
    h.destination.hang();
    h.memoryItems = 100;
    h.batchSize = 10;
    h.workers = 2;
    h.start();
    for (int i = 0; i < 20; i++) {
      h.offerMany("b" + i + "-", 10);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ERROR", "BACKPRESSURE"})
  void afterRecoveryNewDataGoesDirectBesideTheBacklog(Mode mode) {
    h.mode = mode;
    h.batchSize = 10;
    h.workers = 2;
    h.drainRateLimit = 10;
    outageOf(100);
    h.pass(Duration.ofSeconds(3));
    assertThat(h.state()).isEqualTo(DeliveryState.DRAINING);
    int before = h.queue.appends;
    h.offerMany("new", 10);
    h.pass(Duration.ofMillis(500));

    assertThat(h.destination.taken).contains("new0", "new9");
    assertThat(h.queue.appends).isEqualTo(before);
    assertThat(h.queue.lines()).hasSizeGreaterThan(30);
    h.pass(Duration.ofSeconds(20));
    assertThat(h.destination.taken).hasSize(110).doesNotHaveDuplicates();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
  }

  @ParameterizedTest
  @EnumSource
  void withStrictOrderingNewDataJoinsTheTailUntilTheBacklogIsGone(Mode mode) {
    h.mode = mode;
    h.strict = true;
    h.batchSize = 10;
    h.drainRateLimit = 20;
    outageOf(100);
    h.pass(Duration.ofSeconds(3));
    assertThat(h.state()).isEqualTo(DeliveryState.DRAINING);
    h.offerMany("new", 10);
    assertThat(h.ended).containsEntry("new0", true);
    h.pass(Duration.ofSeconds(20));
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
    h.offerMany("direct", 10);
    h.pass(Duration.ofSeconds(1));

    List<String> expected = new ArrayList<>();
    expected.addAll(Arrays.asList(Harness.bodies("old", 100)));
    expected.addAll(Arrays.asList(Harness.bodies("new", 10)));
    expected.addAll(Arrays.asList(Harness.bodies("direct", 10)));
    assertThat(h.destination.taken).containsExactlyElementsOf(expected);
    assertThat(h.destination.mostUnderWay).isEqualTo(1);
  }

  private void outageOf(int items) {
    h.start();
    h.destination.answer(DOWN);
    h.offerMany("old", items);
    h.pass(Duration.ofMillis(200));
    assertThat(h.queue.lines()).hasSize(items);
    h.destination.answer(UP);
  }

  @ParameterizedTest
  @EnumSource
  void orderlyStopSendsWhatItCanAndSavesTheRest(Mode mode) {
    h.mode = mode;
    h.batchTimeout = Duration.ofMinutes(1);
    h.workers = 1;
    h.batchSize = 2;
    h.destination.script(bodies -> Mono.just(UP).delayElement(Duration.ofSeconds(1), h.time));
    h.start();
    h.offerMany("a", 20);
    assertThat(h.stop(Duration.ofSeconds(5))).isTrue();

    assertThat(h.destination.closed).isTrue();
    assertThat(h.queue.isOpen()).isFalse();
    assertThat(h.ended).containsEntry("a0", true);
    if (mode == Mode.ALWAYS) {
      assertThat(h.queue.lines()).hasSize(18);
    } else {
      assertThat(h.destination.taken.size()).isBetween(6, 12);
    }
    assertThat(h.destination.taken.size() + h.queue.lines().size()).isEqualTo(20);
    assertThat(h.snapshot().memoryItems()).isZero();
    assertThat(h.snapshot().queue().records()).isEqualTo(h.queue.lines().size());
  }

  @Test
  void orderlyStopDoesNotWaitForADestinationThatIsDown() {
    h.start();
    h.destination.answer(DOWN);
    h.offer("a");
    h.pass(Duration.ofMillis(200));
    h.offer("b");
    long before = h.time.now(TimeUnit.MILLISECONDS);
    assertThat(h.stop(Duration.ofSeconds(30))).isTrue();

    assertThat(h.time.now(TimeUnit.MILLISECONDS) - before).isLessThan(1000);
    assertThat(h.queue.lines()).hasSize(2);
  }

  @Test
  void withoutAQueueMemoryIsBoundedAndEverythingIsRetriedUntilStop() {
    h.withQueue = false;
    h.memoryItems = 100;
    h.batchSize = 10;
    h.start();
    h.destination.answer(DOWN);
    for (int i = 0; i < 20; i++) {
      h.offerMany("b" + i + "-", 10);
    }
    h.pass(Duration.ofMinutes(10));
    assertThat(h.snapshot().memoryItems()).isEqualTo(80);
    assertThat(h.ended).isEmpty();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
    assertThat(h.snapshot().why()).isEqualTo("503 Service Unavailable");
    assertThat(h.snapshot().circuitOpen()).isTrue();

    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).hasSize(200).doesNotHaveDuplicates();
  }

  @Test
  void withoutAQueueStopFailsTheSharesThatAreLeft() {
    h.withQueue = false;
    h.start();
    h.destination.answer(DOWN);
    h.offer("a");
    h.pass(Duration.ofMillis(200));
    assertThat(h.stop(Duration.ofSeconds(5))).isTrue();

    assertThat(h.ended).containsEntry("a", false);
    assertThat(h.events.dropped).containsEntry("stopped", 1L);
    h.checkBooks();
  }

  @Test
  void aRestartDrainsWhatTheEarlierRunLeft() {
    h.start();
    h.destination.answer(DOWN);
    h.offerMany("old", 50);
    h.pass(Duration.ofMillis(200));
    h.queue.crash();

    Harness later = new Harness(h.queue, h.deadLetters).start();
    assertThat(later.state()).isEqualTo(DeliveryState.DRAINING);
    assertThat(later.snapshot().receivedItems()).isEqualTo(50);
    later.pass(Duration.ofSeconds(2));
    assertThat(later.destination.taken).containsExactly(Harness.bodies("old", 50));
    assertThat(later.state()).isEqualTo(DeliveryState.DIRECT);
  }

  @Test
  void strictOrderHoldsWhenAFailureAndNewDataArriveTogether() {
    h.strict = true;
    h.lag = Duration.ofMillis(10);
    h.batchSize = 1;
    Sinks.One<SendResult> first = Sinks.one();
    h.destination.script(bodies -> first.asMono());
    h.start();
    h.offer("a");
    h.offer("b");
    h.pass(Duration.ofMillis(50));
    h.destination.answer(UP);
    first.tryEmitValue(DOWN);
    h.offer("c");
    h.pass(Duration.ofSeconds(5));

    assertThat(h.destination.taken).containsExactly("a", "b", "c");
  }
}
