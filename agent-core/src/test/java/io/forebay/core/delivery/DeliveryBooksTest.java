package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What a snapshot tells at the moments at which somebody waits for it. */
class DeliveryBooksTest {

  private final Harness h = new Harness();
  private final List<DeliverySnapshot> seen = new ArrayList<>();

  private void look() {
    seen.add(h.delivery.snapshot());
  }

  @Test
  void onceTheInputHasEndedTheSnapshotKnowsAllThatCame() {
    // So that the batch and the end of the input reach the delivery in one step.
    h.lag = Duration.ofMillis(1);
    h.start();
    h.destination.hang();
    Batch batch =
        Batch.of(
            List.of(Item.log(1, ByteSlice.utf8("x"), Map.of(), Map.of())),
            Acknowledgement.ignored());

    h.delivery.accept(Flux.just(batch)).subscribe(nothing -> {}, error -> {}, this::look);
    h.time.advanceTimeBy(Duration.ofMillis(10));

    assertThat(seen).singleElement();
    assertThat(seen.get(0).receivedItems()).isEqualTo(1);
    assertThat(seen.get(0).bufferedItems()).isEqualTo(1);
  }

  @Test
  void onceItHasStoppedTheSnapshotKnowsHowAllEnded() {
    h.start();
    h.offerMany("x", 100);

    h.delivery.stop(Duration.ofSeconds(5)).subscribe(nothing -> {}, error -> {}, this::look);
    h.pass(Duration.ofSeconds(5));

    assertThat(seen).singleElement();
    assertThat(seen.get(0).receivedItems()).isEqualTo(100);
    assertThat(seen.get(0).deliveredItems()).isEqualTo(100);
    assertThat(seen.get(0).bufferedItems()).isZero();
    assertThat(seen.get(0).inFlightRequests()).isZero();
  }
}
