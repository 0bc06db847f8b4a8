package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.core.component.SendResult;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Less and less is sent of what keeps failing, until the item is known that it is due to. */
class DeliveryNarrowingTest {

  private static final SendResult BROKEN = new SendResult.Retry("500 Internal Server Error");
  private static final SendResult UP = SendResult.Delivered.INSTANCE;

  private final Harness h = new Harness();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.forebay.core.delivery");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

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

  private List<String> warnings(Class<?> by) {
    return logged.list.stream()
        .filter(e -> e.getLevel() == Level.WARN && e.getLoggerName().equals(by.getName()))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private void failOn(String bad) {
    h.destination.answerWith(bodies -> bodies.contains(bad) ? BROKEN : UP);
  }

  @Test
  void inStrictOrderNoCommandIsGivenThatWouldBuryWhatIsGood() {
    h.mode = Mode.ALWAYS;
    h.strict = true;
    h.isolateAfterAttempts = 6;
    h.start();
    failOn("x10");
    h.offer("before");
    h.pass(Duration.ofSeconds(2));
    h.offerMany("x", 12);
    List<Long> blocked = new ArrayList<>();
    for (int i = 0; i < 480; i++) {
      h.pass(Duration.ofMillis(250));
      DeliverySnapshot now = h.snapshot();
      if (now.heldBack().blocking()) {
        blocked.add(now.heldBack().items());
        assertThat(now.why())
            .contains(
                now.heldBack().items() > 1
                    ? "the bad one among them is being looked for"
                    : "forebay queue skip -c FILE out --to 12");
      }
    }
    assertThat(blocked).startsWith(6L).endsWith(1L);
    assertThat(h.destination.taken).endsWith("x9");
    assertThat(warnings(Blockage.class))
        .filteredOn(line -> line.contains("queue skip"))
        .singleElement()
        .asString()
        .contains("1 item of sequence 12 failed", "--to 12");
    assertThat(warnings(Blockage.class)).first().asString().contains("12 items of sequence 2 to");
  }

  /** A drain that ended sooner would leave good items behind. */
  @Test
  void inStrictOrderADrainMayEndOnlyOnceOneItemIsInFront() {
    h.mode = Mode.ALWAYS;
    h.strict = true;
    h.isolateAfterAttempts = 1;
    h.start();
    failOn("x10");
    h.offer("before");
    h.pass(Duration.ofSeconds(2));
    h.offerMany("x", 12);
    List<Long> stuck = new ArrayList<>();
    for (int i = 0; i < 480; i++) {
      h.pass(Duration.ofMillis(250));
      DeliverySnapshot.HeldBack now = h.snapshot().heldBack();
      if (now.stuck()) {
        stuck.add(now.items());
      }
    }
    assertThat(stuck).isNotEmpty().containsOnly(1L);
  }

  @Test
  void inStrictOrderTheBadItemOfASmallBatchIsFoundInFewRequests() {
    h.mode = Mode.ALWAYS;
    h.strict = true;
    h.start();
    failOn("x17");
    h.offer("before");
    h.pass(Duration.ofSeconds(2));
    h.offerMany("x", 30);
    h.pass(Duration.ofHours(1));
    assertThat(h.snapshot().heldBack()).isEqualTo(new DeliverySnapshot.HeldBack(1, true, true));
    int whole = h.isolateAfterAttempts;
    assertThat(h.destination.requests.stream().filter(r -> r.size() == 30)).hasSize(whole);
    long many = h.destination.requests.stream().filter(r -> r.size() > 1).count();
    assertThat(many - whole).isLessThanOrEqualTo(6);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void withoutOtherDataWhatIsGoodIsDeliveredAllTheSame(Mode mode) {
    h.mode = mode;
    h.start();
    failOn("x137");
    h.offerMany("x", 200);
    h.pass(Duration.ofHours(1));

    assertThat(h.destination.taken).hasSize(199).doesNotHaveDuplicates().doesNotContain("x137");
    assertThat(h.deadLetters.lines()).as("nothing else shows that the receiver is well").isEmpty();
    assertThat(h.snapshot().bufferedItems()).isEqualTo(1);
    assertThat(h.snapshot().why()).contains("1 item");
    assertThat(h.snapshot().heldBack().stuck()).as("a drain may end").isTrue();
    for (int i = 0; i < 600; i++) {
      h.offer("later" + i);
      h.pass(Duration.ofSeconds(1));
    }
    assertThat(h.deadLetters.lines()).singleElement().asString().contains("\"x137\"");
    assertThat(h.snapshot().bufferedItems()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 20})
  void withoutOtherDataEvenAsManyBadOnes(int every) {
    h.mode = Mode.ALWAYS;
    h.isolateAfterAttempts = 4;
    h.start();
    h.destination.answerWith(
        bodies ->
            bodies.stream().anyMatch(b -> Integer.parseInt(b.substring(1)) % every == 0)
                ? BROKEN
                : UP);
    h.offerMany("x", 200);
    h.pass(Duration.ofHours(8));
    int bad = (200 + every - 1) / every;
    assertThat(h.destination.taken).hasSize(200 - bad).doesNotHaveDuplicates();
    assertThat(h.deadLetters.lines().size() + h.snapshot().bufferedItems()).isEqualTo(bad);
    int before = h.destination.requests.size();
    h.pass(Duration.ofHours(1));
    // Each of those that wait is tried after half a minute on average.
    assertThat(h.destination.requests.size() - before).isLessThan(130 * bad);
  }

  @ParameterizedTest
  @CsvSource({"ERROR, 1", "BACKPRESSURE, 1", "ALWAYS, 1", "ERROR, 10", "ALWAYS, 10"})
  void anOutageWithoutOtherDataBuriesNothingAndSeesNoMoreRequests(Mode mode, int isolateAfter) {
    h.mode = mode;
    h.isolateAfterAttempts = isolateAfter;
    h.start();
    h.offer("before");
    h.pass(Duration.ofSeconds(2));
    h.destination.answer(BROKEN);
    h.offerMany("x", 200);
    h.pass(Duration.ofHours(1));
    // One each interval: of a minute, once the first few have doubled.
    assertThat(h.destination.requests).hasSizeBetween(60, 70);
    assertThat(h.snapshot().deadLetteredItems()).isZero();
    assertThat(h.snapshot().heldBack().stuck()).as("not in an outage").isFalse();
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(5));
    assertThat(h.destination.taken).hasSize(201).doesNotHaveDuplicates();
    assertThat(h.deadLetters.lines()).isEmpty();
    assertThat(h.snapshot().bufferedItems()).isZero();
    h.offerMany("y", 200);
    h.pass(Duration.ofSeconds(2));
    List<List<String>> requests = h.destination.requests;
    assertThat(requests.get(requests.size() - 1)).as("whole again").hasSize(200);
  }

  @Test
  void ofManyBadItemsTheLogTellsOnceAMinute() {
    h.mode = Mode.ALWAYS;
    h.isolateAfterAttempts = 3;
    h.batchSize = 100;
    h.maxBackoff = Duration.ofSeconds(1);
    h.start();
    h.destination.answerWith(
        bodies -> bodies.stream().anyMatch(b -> b.endsWith("7")) ? BROKEN : UP);
    h.offerMany("x", 100);
    for (int i = 0; i < 1_200; i++) {
      h.offer("later" + i + "-");
      h.time.advanceTimeBy(Duration.ofMillis(250));
    }
    assertThat(h.snapshot().deadLetteredItems()).isEqualTo(10);
    List<String> lines = warnings(PoisonLog.class);
    assertThat(lines).hasSizeBetween(2, 4);
    assertThat(lines.get(0)).contains("1 item of sequence", "goes to the dead letters: 500");
    assertThat(lines.get(1)).contains(" more failed by themselves", "500 Internal");
    long told = 1;
    for (String line : lines.subList(1, lines.size())) {
      told += line.contains(" more ") ? Long.parseLong(line.split(" ", 3)[1]) : 1;
    }
    assertThat(told).as("each is told of, in %s", lines).isEqualTo(10);
  }

  /** More pieces than there is room for aside kept failing among the rest, and none was found. */
  @ParameterizedTest
  @CsvSource({"ALWAYS,1", "ERROR,1", "BACKPRESSURE,1", "ALWAYS,60"})
  void moreBadItemsThanMayBeSetAsideAreFoundAllTheSame(Mode mode, int maxBackoffSeconds) {
    h.mode = mode;
    h.isolateAfterAttempts = 3;
    h.batchSize = 100;
    h.maxBackoff = Duration.ofSeconds(maxBackoffSeconds);
    h.start();
    h.destination.answerWith(
        bodies ->
            bodies.stream().anyMatch(b -> b.startsWith("x") && b.endsWith("7")) ? BROKEN : UP);
    h.offerMany("x", 500);
    for (int i = 0; i < 4 * 240; i++) {
      h.offer("later" + i);
      h.time.advanceTimeBy(Duration.ofMillis(250));
    }
    assertThat(h.deadLetters.lines()).hasSize(50).allMatch(line -> line.contains("7\""));
    assertThat(h.destination.taken).hasSize(450 + 4 * 240).doesNotHaveDuplicates();
    assertThat(h.snapshot().bufferedItems()).isZero();
  }
}
