package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.ServingStatus;
import io.forebay.core.collector.v1.StreamEventsResponse;
import io.forebay.core.item.Batch;
import io.forebay.source.net.Events;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.Taker;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Leaks.class)
@Timeout(60)
class CollectorSourceTest {

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private Gateway start(Taker taker, Object... keysAndValues) {
    Gateway gateway = Gateway.start(directory, taker, keysAndValues);
    open.add(gateway);
    return gateway;
  }

  private Sender sender(Gateway gateway, String agentId) {
    Sender sender = gateway.sender(agentId);
    open.add(sender);
    return sender;
  }

  private static List<String> bodies(long first, long end) {
    return LongStream.range(first, end).mapToObj(i -> "e" + i).toList();
  }

  // ---- what is taken

  @Test
  void takesWindowsInOrderAndAnswersTheCursor() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    assertThat(sender.health().hasNextSequence()).isFalse();
    assertThat(sender.health().getStatus()).isEqualTo(ServingStatus.SERVING_STATUS_SERVING);
    assertThat(sender.health().getMaxMessageBytes()).isEqualTo(4 << 20);

    StreamEventsResponse answer =
        sender.window(sender.events(0, 32), sender.events(32, 50)).answer();
    assertThat(answer.getNextSequence()).isEqualTo(50);
    assertThat(answer.getDuplicates()).isZero();
    assertThat(sender.cursor()).isEqualTo(50);
    assertThat(sender.window(sender.events(50, 50, 60)).next()).isEqualTo(60);
    assertThat(gateway.taker().bodies()).isEqualTo(bodies(0, 60));
    assertThat(gateway.taker().batches().get(0).acknowledgement().isAwaited()).isTrue();
  }

  @Test
  void handsTheEncodedLineOnAsItCame() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    sender
        .window(
            sender
                .message()
                .addEvents(Sender.event(0, Sender.line(0) + "\n"))
                .addEvents(Sender.event(1, Sender.line(1)))
                .addEvents(Sender.event(2, Sender.line(2))))
        .answer();
    assertThat(gateway.taker().items())
        .extracting(item -> item.encoded() == null ? null : item.encoded().toUtf8())
        .containsExactly(Sender.line(0) + "\n", Sender.line(1) + "\n", Sender.line(2) + "\n");
  }

  @Test
  void makesOneBatchOfManySmallMessages() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    Sender.Stream stream = sender.open();
    for (int i = 0; i < 100; i++) {
      stream.send(sender.events(i * 10L, i * 10L + 10));
    }
    assertThat(stream.end().next()).isEqualTo(1000);
    assertThat(gateway.taker().bodies()).isEqualTo(bodies(0, 1000));
    assertThat(gateway.taker().batches().size()).isLessThan(60);
  }

  @Test
  void dropsDuplicatesAndCountsThem() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    sender.window(sender.events(0, 20)).answer();
    StreamEventsResponse again = sender.window(sender.events(0, 10, 25)).answer();
    assertThat(again.getNextSequence()).isEqualTo(25);
    assertThat(again.getDuplicates()).isEqualTo(10);
    StreamEventsResponse all = sender.window(sender.events(25, 20, 25)).answer();
    assertThat(all.getNextSequence()).isEqualTo(25);
    assertThat(all.getDuplicates()).isEqualTo(5);
    assertThat(gateway.taker().bodies()).isEqualTo(bodies(0, 25));
    assertThat(gateway.events().count("duplicate")).isEqualTo(15);
  }

  @Test
  void takesAgentsAndEpochsApart() {
    Gateway gateway = start(Taker.acknowledging());
    Sender one = sender(gateway, "a1");
    Sender two = one.as("a2", Sender.EPOCH);
    Sender anew = one.as("a1", 7);
    assertThat(one.window(one.events(0, 5)).next()).isEqualTo(5);
    assertThat(two.window(two.events(0, 3)).next()).isEqualTo(3);
    assertThat(anew.window(anew.events(0, 2)).next()).isEqualTo(2);
    assertThat(one.cursor()).isEqualTo(5);
    assertThat(two.cursor()).isEqualTo(3);
    assertThat(anew.cursor()).isEqualTo(2);
    assertThat(gateway.taker().itemCount()).isEqualTo(10);
  }

  @Test
  void acceptsGapsAndTellsOfTruncatedOnes() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    StreamEventsResponse answer =
        sender
            .window(
                sender
                    .events(100, 105)
                    .addGaps(Sender.gap(0, 89, GapReason.GAP_REASON_TRUNCATED))
                    .addGaps(Sender.gap(90, 99, GapReason.GAP_REASON_SKIPPED)),
                sender.events(110, 112),
                sender.message().addGaps(Sender.gap(112, 119, GapReason.GAP_REASON_TRUNCATED)))
            .answer();
    assertThat(answer.getNextSequence()).isEqualTo(120);
    assertThat(gateway.events().count("truncated")).isEqualTo(98);
    assertThat(gateway.taker().bodies())
        .containsExactly("e100", "e101", "e102", "e103", "e104", "e110", "e111");
    // Told again with the window that is sent again: not counted twice.
    sender
        .window(
            sender
                .message()
                .setContinuesFrom(0)
                .addGaps(Sender.gap(112, 119, GapReason.GAP_REASON_TRUNCATED)))
        .answer();
    assertThat(gateway.events().count("truncated")).isEqualTo(98);
  }

  @Test
  void pipelinedWindowsFollowOneAnother() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    Sender.Stream first = sender.open().send(sender.events(0, 10));
    // The second is whole before the first is.
    Sender.Stream second = sender.window(sender.events(20, 20, 30));
    first.send(sender.events(10, 20)).end();
    assertThat(first.next()).isGreaterThanOrEqualTo(20);
    assertThat(second.next()).isEqualTo(30);
    assertThat(gateway.taker().bodies()).isEqualTo(bodies(0, 30));
  }

  @Test
  void abortsAWindowThatDoesNotContinue() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    Status unknown = sender.window(sender.events(7, 7, 9)).status();
    assertThat(unknown.getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(unknown.getDescription()).contains("7").contains("HealthCheck");
    assertThat(sender.cursor()).isEqualTo(-1);
    sender.window(sender.events(0, 5)).answer();
    assertThat(sender.window(sender.events(7, 7, 9)).code()).isEqualTo(Status.Code.ABORTED);
    assertThat(gateway.taker().bodies()).isEqualTo(bodies(0, 5));
    assertThat(gateway.events().count("out_of_step")).isEqualTo(2);
  }

  @Test
  void answersOnlyAfterAcknowledgement() throws Exception {
    Taker taker = Taker.holding();
    Gateway gateway = start(taker);
    Sender sender = sender(gateway, "a1");
    Sender.Stream window = sender.window(sender.events(0, 5));
    await().until(() -> taker.itemCount() == 5);
    Thread.sleep(100);
    assertThat(window.isDone()).isFalse();
    taker.batches().forEach(batch -> batch.acknowledgement().complete());
    assertThat(window.next()).isEqualTo(5);
  }

  // ---- what goes wrong

  @Test
  void keepsWhatABrokenStreamBrought() {
    Taker taker = Taker.holding();
    Gateway gateway = start(taker);
    Sender sender = sender(gateway, "a1");
    Sender.Stream broken = sender.open().send(sender.events(0, 10));
    await().until(() -> taker.itemCount() == 10);
    broken.cancel();
    // Sent again while the first is still in the pipeline: no second time, and no early answer.
    Sender.Stream again = sender.window(sender.events(0, 15));
    await().until(() -> taker.itemCount() == 15);
    assertThat(sender.cursor()).isEqualTo(-1);
    assertThat(again.isDone()).isFalse();
    taker.batches().forEach(batch -> batch.acknowledgement().complete());
    assertThat(again.next()).isEqualTo(15);
    assertThat(again.answer().getDuplicates()).isEqualTo(10);
    assertThat(taker.bodies()).isEqualTo(bodies(0, 15));
  }

  @Test
  void theCursorMovesOverThePrefixOfABrokenStream() {
    Taker taker = Taker.holding();
    Gateway gateway = start(taker);
    Sender sender = sender(gateway, "a1");
    Sender.Stream broken = sender.open().send(sender.events(0, 10));
    await().until(() -> taker.itemCount() == 10);
    broken.send(sender.events(10, 20));
    await().until(() -> taker.itemCount() == 20);
    broken.cancel();
    taker.batches().get(0).acknowledgement().complete();
    await().until(() -> sender.cursor() == 10);
    taker.batches().get(1).acknowledgement().complete();
    await().until(() -> sender.cursor() == 20);
    assertThat(sender.window(sender.events(20, 20, 21)).isDone()).isFalse();
    await().until(() -> taker.itemCount() == 21);
    assertThat(taker.bodies()).isEqualTo(bodies(0, 21));
  }

  @Test
  void aFailedShareEndsWhatWasBuiltUponIt() {
    Taker taker = Taker.holding();
    Gateway gateway = start(taker);
    Sender sender = sender(gateway, "a1");
    Sender.Stream first = sender.window(sender.events(0, 10));
    await().until(() -> taker.itemCount() == 10);
    Sender.Stream second = sender.window(sender.events(10, 10, 20));
    await().until(() -> taker.itemCount() == 20);
    Sender.Stream third = sender.window(sender.events(20, 20, 30));
    await().until(() -> taker.itemCount() == 30);
    List<Batch> batches = taker.batches();
    batches.get(0).acknowledgement().complete();
    assertThat(first.next()).isEqualTo(10);
    batches.get(1).acknowledgement().fail();
    assertThat(second.code()).isEqualTo(Status.Code.ABORTED);
    assertThat(third.code()).isEqualTo(Status.Code.ABORTED);
    // The third's batch is still under way: what is sent again must not overtake it.
    assertThat(sender.window(sender.events(10, 10, 20)).code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(sender.health().getStatus()).isEqualTo(ServingStatus.SERVING_STATUS_NOT_SERVING);
    batches.get(2).acknowledgement().complete();
    await().until(() -> sender.cursor() == 10);
    Sender.Stream again = sender.window(sender.events(10, 10, 30));
    await().until(() -> taker.itemCount() == 50);
    taker.batches().subList(3, taker.batches().size()).forEach(b -> b.acknowledgement().complete());
    assertThat(again.next()).isEqualTo(30);
    assertThat(again.answer().getDuplicates()).isZero();
  }

  @Test
  void isUpWhileItsPortIsOpen() {
    CollectorSource idle =
        new CollectorSource(
            Gateway.config(),
            Gateway.context(directory, new Events()),
            Gateway.disk(directory),
            Gateway.QUICK,
            address -> {});
    assertThat(idle.isUp()).isFalse();
    Gateway gateway = start(Taker.acknowledging());
    assertThat(gateway.source().isUp()).isTrue();
    gateway.taker().cancel();
    await().until(() -> !gateway.source().isUp());
  }

  @Test
  void cursorsOutliveARestart() {
    Gateway gateway = start(Taker.acknowledging());
    Sender sender = sender(gateway, "a1");
    sender.window(sender.events(0, 40)).answer();
    sender.close();
    gateway.close();
    Gateway next = start(Taker.acknowledging());
    Sender back = sender(next, "a1");
    assertThat(back.cursor()).isEqualTo(40);
    StreamEventsResponse answer = back.window(back.events(40, 30, 50)).answer();
    assertThat(answer.getNextSequence()).isEqualTo(50);
    assertThat(answer.getDuplicates()).isEqualTo(10);
    assertThat(next.taker().bodies()).isEqualTo(bodies(40, 50));
  }
}
