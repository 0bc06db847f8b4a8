package io.forebay.source.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class BatchIntakeTest {

  private final BatchIntake intake = new BatchIntake();
  private final List<Boolean> outcomes = new ArrayList<>();
  private final AtomicInteger taken = new AtomicInteger();

  private Batch batch(String body) {
    Item item = Item.log(0, ByteSlice.utf8(body), Map.of(), Map.of());
    return Batch.of(List.of(item), Acknowledgement.of(outcomes::add));
  }

  @Test
  void handsOutByDemandInOrder() {
    Taker taker = Taker.acknowledging(1);
    intake.offer(List.of(batch("a"), batch("b")), taken::incrementAndGet);
    intake.offer(List.of(batch("c")), taken::incrementAndGet);
    intake.batches().subscribe(taker);
    assertThat(taker.bodies()).containsExactly("a");
    assertThat(taken).hasValue(0);
    taker.request(1);
    assertThat(taken).hasValue(1);
    taker.request(5);
    intake.offer(List.of(batch("d")), taken::incrementAndGet);
    assertThat(taker.bodies()).containsExactly("a", "b", "c", "d");
    assertThat(taken).hasValue(3);
    assertThat(outcomes).containsExactly(true, true, true, true);
  }

  @Test
  void anOfferCanBeWithdrawnUntilItsFirstBatchIsTaken() {
    Taker taker = Taker.acknowledging(1);
    intake.batches().subscribe(taker);
    BatchIntake.Offer begun = intake.offer(List.of(batch("a"), batch("b")), () -> {});
    BatchIntake.Offer waiting = intake.offer(List.of(batch("c")), () -> {});
    assertThat(begun.isWaiting()).isFalse();
    assertThat(begun.withdraw()).isFalse();
    assertThat(waiting.withdraw()).isTrue();
    assertThat(waiting.withdraw()).isFalse();
    taker.request(5);
    assertThat(taker.bodies()).containsExactly("a", "b");
  }

  @Test
  void cancellingFailsWhatWaitsAndWhatComesLater() {
    Taker taker = Taker.acknowledging(1);
    intake.batches().subscribe(taker);
    intake.offer(List.of(batch("a"), batch("b")), taken::incrementAndGet);
    BatchIntake.Offer waiting = intake.offer(List.of(batch("c")), taken::incrementAndGet);
    taker.cancel();
    assertThat(waiting.withdraw()).isFalse();
    intake.offer(List.of(batch("d")), taken::incrementAndGet);
    assertThat(outcomes).containsExactly(true, false, false, false);
    assertThat(taken).hasValue(0);
  }

  @Test
  void cancellingFromWithinIsFine() {
    intake.offer(List.of(batch("a"), batch("b")), () -> {});
    StepVerifier.create(intake.batches().take(1)).expectNextCount(1).verifyComplete();
    assertThat(outcomes).containsExactly(false);
  }

  @Test
  void hasOneSubscriber() {
    intake.batches().subscribe(Taker.acknowledging());
    StepVerifier.create(intake.batches()).verifyError(IllegalStateException.class);
  }

  @Test
  void takesOffersOfManyThreads() throws InterruptedException {
    Taker taker = Taker.acknowledging(0);
    intake.batches().subscribe(taker);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int id = t;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  Item item = Item.log(0, ByteSlice.utf8(id + " " + i), Map.of(), Map.of());
                  intake.offer(
                      List.of(Batch.of(List.of(item), Acknowledgement.ignored())),
                      taken::incrementAndGet);
                  taker.request(1);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(taken).hasValue(4000);
    int[] next = new int[4];
    for (String body : taker.bodies()) {
      String[] parts = body.split(" ");
      assertThat(Integer.parseInt(parts[1])).isEqualTo(next[Integer.parseInt(parts[0])]++);
    }
  }
}
