package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Timeout(60)
class MailboxTest {

  private static final int ROUNDS = 200;

  @Test
  void runsExactlyWhatItTookHoweverNearTheClose() throws Exception {
    Scheduler scheduler = Schedulers.newSingle("test-mailbox", true);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Mailbox mailbox = new Mailbox("out", scheduler, () -> {});
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        Runnable close =
            () -> {
              mailbox.close();
              closed.countDown();
            };
        int taken = 0;
        while (mailbox.post(taken == round % 50 ? close : ran::incrementAndGet)) {
          taken++;
        }
        closed.await();
        assertThat(ran).as("round %d", round).hasValue(taken - 1);
        assertThat(mailbox.post(() -> {})).isFalse();
      }
    } finally {
      scheduler.dispose();
    }
  }

  @Test
  void takesNothingOnceItsThreadIsGone() {
    Scheduler scheduler = Schedulers.newSingle("test-mailbox", true);
    Mailbox mailbox = new Mailbox("out", scheduler, () -> {});
    scheduler.dispose();

    assertThat(mailbox.post(() -> {})).isFalse();
    assertThat(mailbox.post(() -> {})).isFalse();
  }
}
