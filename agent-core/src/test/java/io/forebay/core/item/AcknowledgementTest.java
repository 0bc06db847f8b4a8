package io.forebay.core.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcknowledgementTest {

  private final List<Boolean> outcomes = new ArrayList<>();
  private final Acknowledgement acknowledgement = Acknowledgement.of(outcomes::add);

  @Test
  void endsWithTheLastShare() {
    acknowledgement.retain(2);
    acknowledgement.complete();
    acknowledgement.complete();
    assertThat(outcomes).isEmpty();

    acknowledgement.complete();
    assertThat(outcomes).containsExactly(true);
  }

  @Test
  void oneFailedShareFailsTheBatchOnceAllHaveEnded() {
    acknowledgement.retain(1);
    acknowledgement.fail();
    assertThat(outcomes).isEmpty();

    acknowledgement.complete();
    assertThat(outcomes).containsExactly(false);
  }

  @Test
  void endingMoreSharesThanThereAreIsABugThatShows() {
    acknowledgement.complete();

    assertThatThrownBy(acknowledgement::complete).isInstanceOf(IllegalStateException.class);
    assertThat(outcomes).containsExactly(true);
  }

  @Test
  void retainingAfterTheEndIsABugThatShows() {
    acknowledgement.complete();

    assertThatThrownBy(() -> acknowledgement.retain(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sharesMayEndOnManyThreads() throws InterruptedException {
    int shares = 1000;
    acknowledgement.retain(shares - 1);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch done = new CountDownLatch(shares);
    for (int i = 0; i < shares; i++) {
      threads.execute(
          () -> {
            acknowledgement.complete();
            done.countDown();
          });
    }
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    threads.shutdown();

    assertThat(outcomes).containsExactly(true);
  }
}
