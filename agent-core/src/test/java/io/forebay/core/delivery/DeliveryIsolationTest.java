package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What becomes of an item whose requests keep failing while those of others succeed. */
class DeliveryIsolationTest {

  private static final SendResult BROKEN = new SendResult.Retry("500 Internal Server Error");
  private static final SendResult UP = SendResult.Delivered.INSTANCE;

  private final Harness h = new Harness();

  private static SendResult failingOn(List<String> bodies, String... bad) {
    for (String one : bad) {
      if (bodies.contains(one)) {
        return BROKEN;
      }
    }
    return UP;
  }

  /** Some new data each second, for {@code seconds}. */
  private void trickle(String prefix, int seconds) {
    for (int i = 0; i < seconds; i++) {
      h.offer(prefix + i);
      second();
    }
  }

  private void second() {
    for (int i = 0; i < 4; i++) {
      h.time.advanceTimeBy(Duration.ofMillis(250));
    }
    h.checkBooks();
  }

  @ParameterizedTest
  @CsvSource({
    "true, ERROR, false",
    "true, BACKPRESSURE, false",
    "true, ALWAYS, false",
    "false, ERROR, false",
    "true, ERROR, true",
    "true, ALWAYS, true",
    "false, ERROR, true"
  })
  void theBadItemBecomesADeadLetterAndTheRestIsDelivered(
      boolean withQueue, Mode mode, boolean timeout) {
    h.withQueue = withQueue;
    h.mode = mode;
    h.batchSize = 1000;
    h.isolateAfterAttempts = 4;
    h.start();
    h.destination.script(
        bodies ->
            !bodies.contains("x7777")
                ? Mono.just(UP).delayElement(Duration.ofMillis(5), h.time)
                : timeout ? Mono.never() : Mono.just(BROKEN));
    for (int i = 0; i < 10; i++) {
      String[] bodies = new String[1000];
      for (int j = 0; j < 1000; j++) {
        bodies[j] = "x" + (i * 1000 + j);
      }
      h.offer(bodies);
    }
    trickle("later", timeout ? 900 : 300);

    assertThat(h.destination.taken).hasSize(9_999 + (timeout ? 900 : 300)).doesNotHaveDuplicates();
    assertThat(h.destination.taken).doesNotContain("x7777");
    assertThat(h.deadLetters.lines())
        .singleElement()
        .asString()
        .contains("\"body\":\"x7777\"", "\"reason\":\"poison: ", timeout ? "no answer" : "500");
    assertThat(attempts(h.deadLetters.lines().get(0))).isGreaterThanOrEqualTo(8);
    assertThat(h.snapshot().deadLetteredItems()).isEqualTo(1);
    assertThat(h.snapshot().bufferedItems()).isZero();
    assertThat(h.snapshot().heldBack().items()).isZero();
    assertThat(h.snapshot().why()).isNull();
    assertThat(h.ended).doesNotContainValue(false).hasSize(10 + (timeout ? 900 : 300));
  }

  private static int attempts(String letter) {
    String after = letter.substring(letter.indexOf("\"attempts\":") + 11);
    return Integer.parseInt(after.substring(0, after.indexOf(',')));
  }

  @Test
  void whatIsSetAsideIsShownAndDoesNotDisturbTheOthers() {
    h.batchSize = 10;
    h.isolateAfterAttempts = 1000;
    h.start();
    h.destination.answerWith(bodies -> failingOn(bodies, "bad"));
    h.offer("bad", "good");
    trickle("x", 30);
    assertThat(h.snapshot().heldBack().items()).isEqualTo(1);
    assertThat(h.snapshot().why()).contains("1 item is held back", "of sequence ", "500 Internal");
    int before = h.events.transitions.size();
    trickle("y", 300);

    assertThat(h.events.transitions).hasSize(before);
    assertThat(h.destination.taken).hasSize(331).doesNotContain("bad");
    assertThat(h.queue.appends).isLessThan(5);
    long tries = h.destination.requests.stream().filter(r -> r.contains("bad")).count();
    assertThat(tries).isBetween(8L, 30L);
    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).hasSize(332);
    assertThat(h.snapshot().why()).isNull();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void anOutageIsolatesNothingHoweverOftenItFails(Mode mode) {
    h.mode = mode;
    h.isolateAfterAttempts = 1;
    h.batchSize = 100;
    h.start();
    trickle("before", 5);
    h.destination.answer(BROKEN);
    for (int i = 0; i < 20; i++) {
      h.offerMany("o" + i + "-", 100);
      h.pass(Duration.ofMinutes(3));
    }
    assertThat(h.deadLetters.lines()).isEmpty();
    assertThat(h.snapshot().heldBack().items()).isZero();
    h.destination.answer(UP);
    trickle("after", 120);
    assertThat(h.destination.taken).hasSize(5 + 2000 + 120).doesNotHaveDuplicates();
    assertThat(h.deadLetters.lines()).isEmpty();
  }

  @Test
  void anOutageDuringTheIsolationDecidesNothing() {
    h.isolateAfterAttempts = 3;
    h.batchSize = 10;
    h.start();
    h.destination.answerWith(bodies -> failingOn(bodies, "bad"));
    h.offer("bad");
    while (h.snapshot().heldBack().items() == 0) {
      trickle("x" + h.offers + "-", 1);
    }
    h.destination.answer(BROKEN);
    trickle("o", 600);
    assertThat(h.deadLetters.lines()).isEmpty();
    h.destination.answer(UP);
    trickle("z", 120);
    assertThat(h.destination.taken).contains("bad");
    assertThat(h.deadLetters.lines()).isEmpty();
    assertThat(h.snapshot().bufferedItems()).isZero();
  }

  @Test
  void withoutOthersThatSucceedABadItemIsKept() {
    h.isolateAfterAttempts = 2;
    h.start();
    h.destination.answerWith(bodies -> failingOn(bodies, "bad"));
    h.offer("bad");
    trickle("x", 3);
    h.pass(Duration.ofHours(3));
    assertThat(h.deadLetters.lines()).isEmpty();
    assertThat(h.snapshot().bufferedItems()).isEqualTo(1);
    trickle("y", 200);
    assertThat(h.deadLetters.lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.5, 0.8})
  void aReceiverThatFailsAtRandomLosesNoItemToTheDeadLetters(double failures) {
    h.batchSize = 5;
    h.maxBackoff = Duration.ofSeconds(4);
    h.start();
    Random random = new Random(7);
    h.destination.answerWith(bodies -> random.nextDouble() < failures ? BROKEN : UP);
    for (int i = 0; i < 400; i++) {
      h.offerMany("x" + i + "-", 5);
      h.time.advanceTimeBy(Duration.ofMillis(500));
      h.checkBooks();
    }
    h.destination.answer(UP);
    trickle("z", 60);
    assertThat(h.deadLetters.lines()).isEmpty();
    assertThat(h.destination.taken).hasSize(2060).doesNotHaveDuplicates();
  }

  @Test
  void manyBadItemsAreAllFoundAndMemoryStaysBounded() {
    h.mode = Mode.ALWAYS;
    h.isolateAfterAttempts = 3;
    h.batchSize = 100;
    h.maxBackoff = Duration.ofSeconds(5);
    h.start();
    h.destination.answerWith(
        bodies -> bodies.stream().anyMatch(b -> b.endsWith("99")) ? BROKEN : UP);
    for (int i = 0; i < 100; i++) {
      h.offerMany("x" + i + "-", 200);
      second();
      assertThat(h.snapshot().heldBack().items()).isLessThan(64 * 100);
    }
    trickle("z", 598);
    int bad = 200 + 5; // x0-99, x0-199, …; z99, z199, …
    assertThat(h.deadLetters.lines()).hasSize(bad);
    assertThat(h.destination.taken).hasSize(20_598 - bad).doesNotHaveDuplicates();
    assertThat(h.snapshot().bufferedItems()).isZero();
  }

  @Test
  void zeroAttemptsIsolateNothing() {
    h.isolateAfterAttempts = 0;
    h.batchSize = 10;
    h.start();
    h.destination.answerWith(bodies -> failingOn(bodies, "bad"));
    h.offer("bad");
    trickle("x", 600);
    assertThat(h.deadLetters.lines()).isEmpty();
    assertThat(h.snapshot().heldBack().items()).isZero();
    assertThat(h.destination.taken).hasSizeGreaterThan(590);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void inStrictOrderItBlocksAndIsNamed(Mode mode) {
    h.mode = mode;
    h.strict = true;
    h.isolateAfterAttempts = 3;
    h.batchSize = 100;
    h.maxBackoff = Duration.ofSeconds(2);
    h.start();
    h.destination.answerWith(bodies -> failingOn(bodies, "x57"));
    h.offerMany("x", 100);
    trickle("y", 300);

    List<String> expected = List.of(Harness.bodies("x", 57));
    assertThat(h.destination.taken).containsExactlyElementsOf(expected);
    assertThat(h.deadLetters.lines()).isEmpty();
    assertThat(h.snapshot().bufferedItems()).isEqualTo(343);
    assertThat(h.snapshot().heldBack().items()).isEqualTo(1);
    assertThat(h.snapshot().why())
        // The queue of the test numbers from 1.
        .contains(
            "1 item of sequence 58 failed", "strict_ordering", "queue skip -c FILE out --to 58");

    h.destination.answer(UP);
    h.pass(Duration.ofMinutes(2));
    assertThat(h.destination.taken).hasSize(400).doesNotHaveDuplicates();
    assertThat(h.destination.taken.subList(0, 100)).containsExactly(Harness.bodies("x", 100));
    assertThat(h.snapshot().why()).isNull();
  }

  @Test
  void inStrictOrderAnOutageNamesNobody() {
    h.strict = true;
    h.isolateAfterAttempts = 3;
    h.start();
    h.destination.answerWith(bodies -> BROKEN);
    h.offerMany("x", 100);
    trickle("y", 300);
    assertThat(h.snapshot().heldBack().items()).isZero();
    assertThat(h.snapshot().why()).startsWith("500 Internal").doesNotContain("queue skip");
  }

  @Test
  void afterARestartItIsFoundAnew() {
    h.isolateAfterAttempts = 1000;
    h.batchSize = 100;
    h.start();
    h.destination.answerWith(bodies -> failingOn(bodies, "bad"));
    h.offer("a", "bad", "b");
    trickle("x", 20);
    assertThat(h.snapshot().heldBack().items()).isPositive();
    assertThat(h.stop(Duration.ofSeconds(1))).isTrue();
    assertThat(h.deadLetters.lines()).isEmpty();

    Harness next = new Harness(h.queue, h.deadLetters);
    next.isolateAfterAttempts = 4;
    next.start();
    next.destination.answerWith(bodies -> failingOn(bodies, "bad"));
    for (int i = 0; i < 200; i++) {
      next.offer("y" + i);
      next.pass(Duration.ofSeconds(1));
    }
    assertThat(next.deadLetters.lines()).singleElement().asString().contains("\"bad\"");
    assertThat(next.destination.taken).contains("a", "b");
    assertThat(next.snapshot().bufferedItems()).isZero();
  }
}
