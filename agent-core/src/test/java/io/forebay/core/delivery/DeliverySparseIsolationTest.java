package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.core.component.SendResult;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Bad items among so few others that they are tried many times between two of these. */
class DeliverySparseIsolationTest {

  private static final SendResult BROKEN = new SendResult.Retry("500 Internal Server Error");
  private static final SendResult UP = SendResult.Delivered.INSTANCE;
  private static final Duration SPARSE = Duration.ofMillis(650);

  private final Harness h = new Harness();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.forebay.core.delivery");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private int good;

  @BeforeEach
  void listen() {
    logged.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(logged);
  }

  @AfterEach
  void endListening() {
    logger.detachAppender(logged);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  private List<String> log() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static SendResult failingOnBad(List<String> bodies) {
    return bodies.stream().anyMatch(body -> body.startsWith("bad")) ? BROKEN : UP;
  }

  private void startShort() {
    h.initialBackoff = Duration.ofMillis(100);
    h.maxBackoff = Duration.ofMillis(200);
    h.isolateAfterAttempts = 3;
    h.destination.answerWith(DeliverySparseIsolationTest::failingOnBad);
    h.start();
  }

  private void offerGood(int count, Duration interval) {
    for (int i = 0; i < count; i++) {
      h.offer("good" + good++);
      h.pass(interval);
    }
  }

  private void assertIsolated(int bad) {
    h.pass(Duration.ofSeconds(5));
    assertThat(h.deadLetters.lines()).hasSize(bad);
    assertThat(h.destination.taken).hasSize(good).doesNotHaveDuplicates();
    assertThat(h.snapshot().bufferedItems()).isZero();
    assertThat(h.snapshot().why()).isNull();
    assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void itIsIsolatedThoughItIsTriedManyTimesBetweenTwoOthers(Mode mode) {
    h.mode = mode;
    startShort();
    h.offer("bad");
    h.pass(SPARSE);
    offerGood(8, SPARSE);
    assertIsolated(1);
  }

  @Test
  void withoutAQueueToo() {
    h.withQueue = false;
    startShort();
    h.offer("bad");
    h.pass(SPARSE);
    offerGood(8, SPARSE);
    assertIsolated(1);
  }

  @Test
  void withDefaultRetriesAndABatchEachHalfMinute() {
    h.destination.answerWith(DeliverySparseIsolationTest::failingOnBad);
    h.start();
    h.offer("a", "bad", "b");
    h.pass(Duration.ofSeconds(30));
    offerGood(25, Duration.ofSeconds(30));
    good += 2;
    assertIsolated(1);
  }

  @Test
  void trafficThatPausesForMinutesOnlyDelaysIt() {
    startShort();
    offerGood(2, SPARSE);
    h.offer("bad");
    for (int i = 0; i < 6; i++) {
      offerGood(1, SPARSE);
      h.pass(Duration.ofMinutes(7));
    }
    assertIsolated(1);
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 2", "ERROR, 5", "ERROR, 14", "BACKPRESSURE, 5", "ALWAYS, 2", "ALWAYS, 14"})
  void severalAtOnceDoNotKeepEachOtherThere(Mode mode, int bad) {
    h.mode = mode;
    h.batchSize = 1;
    startShort();
    offerGood(1, SPARSE);
    for (int i = 0; i < bad; i++) {
      h.offer("bad" + i);
    }
    h.pass(SPARSE);
    offerGood(12, SPARSE);
    // More of these prove little, where most requests fail.
    offerGood(bad * 3, SPARSE);
    assertIsolated(bad);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void severalInFrontDoNotKeepWhatIsBehindThemWaiting(Mode mode) {
    h.mode = mode;
    h.batchSize = 1;
    startShort();
    for (int i = 0; i < 10; i++) {
      h.offer("bad" + i);
      h.pass(SPARSE);
    }
    for (int i = 0; i < 30; i++) {
      h.offer("good" + good++);
    }
    // Nothing else ever comes.
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).hasSize(30).doesNotHaveDuplicates();
    assertThat(h.snapshot().bufferedItems() + h.deadLetters.lines().size()).isEqualTo(10);
  }

  @Test
  void aFailureThatOthersSharedIsNotCounted() {
    h.batchSize = 1;
    h.isolateAfterAttempts = 1;
    h.start();
    // So that the receiver is known to be well.
    offerGood(40, SPARSE);
    h.destination.answer(BROKEN);
    h.offer("one");
    h.offer("two");
    h.pass(Duration.ofMinutes(1));
    boolean[] well = {false};
    h.destination.answerWith(
        bodies -> {
          well[0] |= bodies.contains("good41");
          return well[0] || bodies.contains("good40") ? UP : BROKEN;
        });
    offerGood(1, Duration.ofMinutes(2));
    assertThat(h.snapshot().bufferedItems()).isEqualTo(2);
    offerGood(1, Duration.ofMinutes(2));
    good += 2;
    assertIsolated(0);
  }

  @Test
  void aRefusalOfUsBetweenProvesNothingOfTheItem() {
    h.batchSize = 1;
    h.isolateAfterAttempts = 1;
    h.withQueue = false;
    h.start();
    offerGood(1, SPARSE);
    h.destination.answerWith(bodies -> bodies.contains("one") ? BROKEN : UP);
    h.offer("one");
    h.destination.answer(new SendResult.Paused("401 Unauthorized"));
    h.pass(Duration.ofMinutes(1));
    h.offer("two");
    h.pass(Duration.ofMinutes(3));
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(3));
    good += 2;
    assertIsolated(0);
  }

  @Test
  void aloneItWaitsAndTheStatusSaysThatItMayBeAtFault() {
    startShort();
    h.offer("bad");
    h.pass(Duration.ofHours(2));
    assertThat(h.state()).isEqualTo(DeliveryState.SPILLING);
    assertThat(h.snapshot().bufferedItems()).isEqualTo(1);
    assertThat(h.snapshot().why())
        .startsWith("500 Internal Server Error; the last ")
        .contains("requests were all for 1 item of sequence 1: whether");
    assertThat(h.deadLetters.lines()).isEmpty();

    h.offer("good" + good++);
    while (h.destination.taken.isEmpty()) {
      h.time.advanceTimeBy(Duration.ofMillis(1));
    }
    assertThat(h.snapshot().why()).isEqualTo("500 Internal Server Error");
    h.offer("bad-too");
    h.pass(Duration.ofMinutes(1));
    assertThat(h.snapshot().why()).isEqualTo("500 Internal Server Error");
    offerGood(16, SPARSE);
    assertIsolated(2);
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 2, 0", "ERROR, 2, 1", "ERROR, 2, 40", "ALWAYS, 2, 40", "ERROR, 10, 5"})
  void anHourOfOutageIsolatesNothing(Mode mode, int isolateAfter, int batchesMeanwhile) {
    h.mode = mode;
    h.isolateAfterAttempts = isolateAfter;
    h.start();
    for (int outage = 0; outage < 3; outage++) {
      h.destination.answer(UP);
      offerGood(3, Duration.ofSeconds(30));
      h.destination.answer(BROKEN);
      offerGood(1, Duration.ofMinutes(20));
      offerGood(batchesMeanwhile, Duration.ofMinutes(40).dividedBy(Math.max(batchesMeanwhile, 1)));
    }
    assertThat(h.snapshot().heldBack().items()).isZero();
    h.destination.answer(UP);
    offerGood(10, Duration.ofSeconds(30));
    assertIsolated(0);
  }

  @ParameterizedTest
  @CsvSource({"1MiB, 16", "300B, 8"})
  void anOutageReadsNoMoreThanABoundedNumberOfBatches(String memory, int batches) {
    h.batchSize = 1;
    h.memoryBytes = DataSize.parse(memory);
    h.start();
    h.destination.answer(BROKEN);
    for (int i = 0; i < 40; i++) {
      h.offer("x" + i);
    }
    h.pass(Duration.ofHours(3));
    assertThat(h.destination.requests.stream().distinct()).hasSizeBetween(batches / 2, batches + 2);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(5));
    assertThat(h.destination.taken).hasSize(40);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 650", "0.8, 650", "0.5, 5000", "0.8, 5000"})
  void aFlakyReceiverLosesNoMoreThanWasPromised(double failures, int everyMillis) {
    h.batchSize = 1;
    h.isolateAfterAttempts = 3;
    h.maxBackoff = Duration.ofSeconds(4);
    Random random = new Random(7);
    h.destination.answerWith(bodies -> random.nextDouble() < failures ? BROKEN : UP);
    h.start();
    for (int i = 0; i < 1500; i++) {
      h.offer("x" + i);
      h.time.advanceTimeBy(Duration.ofMillis(everyMillis));
    }
    int settled = h.destination.taken.size() + h.deadLetters.lines().size();
    // A fifth, as many times as attempts are asked for.
    assertThat(h.deadLetters.lines().size()).isLessThanOrEqualTo((int) (0.008 * settled));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void theStateStaysDirectWhileItIsHeldBackAndTheLogIsShort(Mode mode) {
    h.mode = mode;
    startShort();
    h.destination.script(
        bodies -> Mono.just(failingOnBad(bodies)).delayElement(Duration.ofMillis(40), h.time));
    offerGood(3, SPARSE);
    h.offer("bad");
    h.pass(SPARSE);
    offerGood(3, SPARSE);
    int transitions = h.events.transitions.size();
    assertThat(transitions).isLessThanOrEqualTo(6);
    assertThat(h.snapshot().heldBack().items()).isEqualTo(1);
    while (h.deadLetters.lines().isEmpty()) {
      assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
      assertThat(h.snapshot().heldBack().items()).isEqualTo(1);
      assertThat(h.snapshot().why()).startsWith("1 item is held back, since requests with it fail");
      if (h.time.now(TimeUnit.MILLISECONDS) % 500 == 0) {
        h.offer("good" + good++);
      }
      h.time.advanceTimeBy(Duration.ofMillis(10));
    }
    assertIsolated(1);
    assertThat(h.events.transitions).hasSize(transitions);
    assertThat(log()).hasSizeLessThanOrEqualTo(transitions + 1);
    assertThat(log())
        .anyMatch(
            line ->
                line.contains("-> DIRECT: 1 item is held back")
                    && line.contains("0 items in memory, 1 on disk, 1 of them held back"));
  }

  @Test
  void theBacklogHasBeenSentOnlyOnceItIsDelivered() {
    h.mode = Mode.ALWAYS;
    h.batchSize = 100;
    h.workers = 4;
    h.start();
    h.destination.answer(BROKEN);
    h.offerMany("x", 1000);
    h.pass(Duration.ofMinutes(1));
    h.destination.script(bodies -> Mono.just(UP).delayElement(Duration.ofSeconds(2), h.time));
    h.pass(Duration.ofMinutes(3));
    assertThat(h.destination.taken).hasSize(1000);
    assertThat(log())
        .filteredOn(line -> line.contains("DRAINING -> DIRECT"))
        .singleElement()
        .asString()
        .contains("the backlog has been sent; 0 items in memory, 0 on disk, drained");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 300})
  void itIsNotCalledDirectWhileSomethingThatFailedWaitsToBeSent(int answerMillis) {
    h.mode = Mode.ALWAYS;
    h.batchSize = 1;
    h.start();
    h.destination.script(
        bodies ->
            Mono.just(failingOnBad(bodies)).delayElement(Duration.ofMillis(answerMillis), h.time));
    for (int i = 0; i < 5; i++) {
      h.offer("bad" + i);
    }
    for (int i = 0; i < 400; i++) {
      offerGood(i % 20 == 0 ? 1 : 0, Duration.ofMillis(1));
      h.time.advanceTimeBy(Duration.ofMillis(400));
      if (h.state() == DeliveryState.DIRECT) {
        assertThat(h.snapshot().queue().records()).isEqualTo(h.snapshot().heldBack().items());
      }
    }
    assertThat(h.snapshot().heldBack().items() + h.deadLetters.lines().size()).isEqualTo(5);
  }

  @Test
  void inStrictOrderItIsNamedFromTheThirdFailureAlsoAfterAKill() {
    h.strict = true;
    h.mode = Mode.ALWAYS;
    h.destination.answerWith(DeliverySparseIsolationTest::failingOnBad);
    h.start();
    h.offer("bad");
    h.pass(Duration.ofSeconds(1));
    offerGood(5, Duration.ofSeconds(1));
    h.queue.crash();

    Harness next = new Harness(h.queue, h.deadLetters);
    next.strict = true;
    next.mode = Mode.ALWAYS;
    next.destination.answerWith(DeliverySparseIsolationTest::failingOnBad);
    logged.list.clear();
    next.start();
    next.pass(Duration.ofSeconds(7));
    assertThat(next.snapshot().why())
        .contains("500 Internal", "6 items of sequence 1 to 6 failed ", "strict_ordering");
    assertThat(log())
        .filteredOn(line -> line.contains("strict_ordering"))
        .singleElement()
        .asString()
        .contains("6 items of sequence 1 to 6 failed 3 times", "all that follows, 0 items so far");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void aFailureShareNeverAsksForLess(int failures) {
    FailureShare share = new FailureShare();
    assertThat(share.proof(failures)).isEqualTo(failures);
    for (int i = 0; i < 100; i++) {
      share.note(i % 5 == 0);
    }
    assertThat(share.proof(failures)).isBetween(failures, failures * 2);
    for (int i = 0; i < 100; i++) {
      share.note(i % 5 != 0);
    }
    assertThat(share.proof(failures)).isBetween(failures * 5, failures * 16);
  }
}
