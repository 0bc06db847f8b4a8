package io.forebay.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What every destination must do. A destination's test extends this and supplies itself and a
 * receiver that sends JSON lines back; it is configured so that items arrive in their JSON form.
 */
public abstract class DestinationContract {

  protected static final Duration PATIENCE = Duration.ofSeconds(20);

  private Destination destination = batch -> Mono.just(Delivered.INSTANCE);

  /** A destination that sends to the receiver, with four workers and a request timeout of 10 s. */
  protected abstract Destination newDestination() throws Exception;

  /** Makes the receiver reachable; it is so when a test begins. */
  protected abstract void receiverUp() throws Exception;

  /** Makes the receiver unreachable. */
  protected abstract void receiverDown() throws Exception;

  /** All lines that the receiver has got, in order, without their line feeds. */
  protected abstract List<String> received() throws Exception;

  /** One attempt, as delivery makes it. */
  protected Mono<SendResult> sending(Destination to, Batch batch) {
    return to.send(batch);
  }

  /** Whether there is something that can fail. */
  protected boolean canFail() {
    return true;
  }

  /** Whether what was sent can be looked at. */
  protected boolean canReceive() {
    return true;
  }

  @BeforeEach
  final void open() throws Exception {
    receiverUp();
    destination = newDestination();
  }

  @AfterEach
  final void closeAll() throws Exception {
    destination.close().block(PATIENCE);
    receiverDown();
  }

  @Test
  void deliversAllItemsInOrderAndUnaltered() throws Exception {
    List<Item> items = Items.ofEveryKind();

    assertThat(send(Items.batch(items))).isInstanceOf(Delivered.class);

    expectReceived(Items.lines(items));
  }

  @Test
  void deliversLargeBatches() throws Exception {
    List<Item> items = Items.many(20_000);

    assertThat(send(Items.batch(items))).isInstanceOf(Delivered.class);

    expectReceived(Items.lines(items));
  }

  @Test
  void deliversBatchesOneAfterTheOtherInOrder() throws Exception {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      List<Item> items = List.of(Items.numbered(i), Items.numbered(1000 + i));
      assertThat(send(Items.batch(items))).isInstanceOf(Delivered.class);
      sent.addAll(Items.lines(items));
    }

    expectReceived(sent);
  }

  @Test
  void anEmptyBatchIsDelivered() throws Exception {
    assertThat(send(Items.batch(List.of()))).isInstanceOf(Delivered.class);

    if (canReceive()) {
      assertThat(received()).isEmpty();
    }
  }

  @Test
  void nothingHappensBeforeSubscription() throws Exception {
    sending(Items.batch(Items.ofEveryKind()));

    if (canReceive()) {
      assertThat(received()).isEmpty();
    }
  }

  @Test
  void eachSubscriptionIsAnAttempt() throws Exception {
    List<Item> items = List.of(Items.numbered(1));
    Mono<SendResult> send = sending(Items.batch(items));

    send.block(PATIENCE);
    send.block(PATIENCE);

    List<String> twice = new ArrayList<>(Items.lines(items));
    twice.addAll(Items.lines(items));
    expectReceived(twice);
  }

  @Test
  void doesNotTouchTheShare() {
    AtomicBoolean ended = new AtomicBoolean();
    Acknowledgement share = Acknowledgement.of(safe -> ended.set(true));

    sending(Batch.of(Items.ofEveryKind(), share)).block(PATIENCE);

    assertThat(ended).isFalse();
    share.complete();
    assertThat(ended).isTrue();
  }

  @Test
  void aReceiverThatIsDownMeansRetryAndOneThatComesBackGetsTheData() throws Exception {
    if (!canFail()) {
      return;
    }
    receiverDown();
    SendResult down = send(Items.batch(List.of(Items.numbered(1))));
    assertThat(down).isInstanceOf(Retry.class);
    assertThat(((Retry) down).why()).isNotBlank().doesNotContain("Exception");

    receiverUp();
    List<Item> items = Items.ofEveryKind();
    Awaitility.await().atMost(PATIENCE).until(() -> send(Items.batch(items)) instanceof Delivered);
    expectReceived(Items.lines(items));
  }

  @Test
  void aReceiverThatGoesAwayBetweenTwoSendsMeansRetry() throws Exception {
    if (!canFail()) {
      return;
    }
    assertThat(send(Items.batch(List.of(Items.numbered(1))))).isInstanceOf(Delivered.class);
    receiverDown();

    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> send(Items.batch(List.of(Items.numbered(2)))) instanceof Retry);
  }

  @Test
  void sendsConcurrently() throws Exception {
    int sends = 40;
    List<SendResult> results =
        Flux.range(0, sends)
            .flatMap(
                i ->
                    sending(Items.batch(List.of(Items.numbered(i))))
                        .subscribeOn(Schedulers.parallel()),
                4)
            .collectList()
            .block(PATIENCE);

    assertThat(results).hasSize(sends).allMatch(result -> result instanceof Delivered);
    if (canReceive()) {
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < sends; i++) {
        sent.addAll(Items.lines(List.of(Items.numbered(i))));
      }
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(received()).containsExactlyInAnyOrderElementsOf(sent));
    }
  }

  @Test
  void aCancelledSendLeavesTheDestinationUsable() {
    for (int i = 0; i < 30; i++) {
      Disposable send = sending(Items.batch(Items.many(200))).subscribe();
      if (i % 3 == 0) {
        Thread.onSpinWait();
      }
      send.dispose();
    }

    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> send(Items.batch(List.of(Items.numbered(1)))) instanceof Delivered);
  }

  @Test
  void subscribingDoesNotWaitForTheReceiver() throws Exception {
    if (canFail()) {
      receiverDown();
    }
    AtomicInteger ends = new AtomicInteger();
    long start = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      sending(Items.batch(Items.many(2_000))).subscribe(result -> ends.incrementAndGet());
    }
    // Generous: it is to tell a hand-over from a wait for a connection or a disk.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    Awaitility.await().atMost(PATIENCE).untilAtomic(ends, org.hamcrest.Matchers.is(4));
  }

  @Test
  void closingTwiceIsHarmless() {
    send(Items.batch(Items.ofEveryKind()));

    destination.close().block(PATIENCE);
    destination.close().block(PATIENCE);
  }

  @Test
  void closingBeforeAnythingWasSentIsHarmless() {
    destination.close().block(PATIENCE);
  }

  private Mono<SendResult> sending(Batch batch) {
    return sending(destination, batch);
  }

  protected final SendResult send(Batch batch) {
    SendResult result = sending(batch).block(PATIENCE);
    assertThat(result).isNotNull();
    return result;
  }

  private void expectReceived(List<String> lines) {
    if (canReceive()) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(received()).containsExactlyElementsOf(lines));
    }
  }
}
