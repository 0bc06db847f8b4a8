package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a source may write over the bytes of items that it handed out. */
class DeliveryBytesTest {

  private final Harness h = new Harness();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterTheDelivery(boolean withQueue) {
    h.withQueue = withQueue;
    h.start();
    h.offer("a");
    assertThat(h.recycled).isEmpty();
    h.pass(Duration.ofMillis(200));
    assertThat(h.destination.taken).containsExactly("a");
    assertThat(h.recycled).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void notAfterAnAttemptThatGotNoAnswerAndMayReadThemYet(boolean withQueue) {
    h.withQueue = withQueue;
    h.requestTimeout = Duration.ofSeconds(2);
    h.start();
    h.destination.hang();
    h.offer("a");
    h.pass(Duration.ofSeconds(3));
    h.destination.answer(ScriptedDestination.delivered());
    h.pass(Duration.ofSeconds(10));
    h.offer("b");
    h.pass(Duration.ofMillis(200));

    assertThat(h.destination.taken).containsExactly("a", "b");
    assertThat(h.ended).containsEntry("a", true).containsEntry("b", true);
    assertThat(h.recycled).containsExactly("b");
  }

  @Test
  void afterAnAttemptThatWasAnswered() {
    h.withQueue = false;
    h.start();
    h.destination.answer(new SendResult.Retry("503"));
    h.offer("a");
    h.pass(Duration.ofSeconds(1));
    h.destination.answer(ScriptedDestination.delivered());
    h.pass(Duration.ofSeconds(10));

    assertThat(h.recycled).containsExactly("a");
  }

  @Test
  void notAfterAStopThatGaveAnAttemptUpAndSavedTheItems() {
    h.start();
    h.destination.hang();
    h.offer("a");
    h.pass(Duration.ofMillis(200));
    assertThat(h.stop(Duration.ofSeconds(2))).isTrue();

    assertThat(h.ended).containsEntry("a", true);
    assertThat(h.recycled).isEmpty();
  }
}
