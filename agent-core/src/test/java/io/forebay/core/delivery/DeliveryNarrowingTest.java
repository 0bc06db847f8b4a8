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
    assertThat(h.snapshot().heldBack()).isEqualTo(new DeliverySnapshot.HeldBack(1, true));
    int whole = h.isolateAfterAttempts;
    assertThat(h.destination.requests.stream().filter(r -> r.size() == 30)).hasSize(whole);
    long many = h.destination.requests.stream().filter(r -> r.size() > 1).count();
    assertThat(many - whole).isLessThanOrEqualTo(6);
  }
}
