package io.forebay.destination.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.forebay.core.collector.v1.Gap;
import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.ServingStatus;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.collector.v1.StreamEventsResponse;
import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Rejected;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.component.SendResult.TooLarge;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.destination.Items;
import io.forebay.destination.Pipelines;
import io.forebay.destination.collector.Numbers.Draft;
import io.forebay.destination.collector.TestCollector.Call;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The protocol as this side speaks it, against a collector that follows a script. */
class CollectorDestinationTest {

  private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(20);
  private static final String KEY = TestCollector.key("test-agent", Numbers.EPOCH);

  @TempDir Path data;

  private final TestCollector collector = new TestCollector();
  private final Events events = new Events();
  private NumberedDestination destination;

  @BeforeEach
  void start() throws Exception {
    collector.start();
    open();
  }

  @AfterEach
  void stop() throws Exception {
    destination.close().block(PATIENCE);
    collector.stop();
  }

  private void open(String... keys) {
    if (destination != null) {
      destination.close().block(PATIENCE);
    }
    destination = make(Collectors.at(collector.port(), keys));
  }

  private NumberedDestination make(CollectorOutputConfig config) {
    return (NumberedDestination)
        new CollectorDestinationFactory()
            .create(
                config,
                new ComponentContext("out", "tag", data, Clock.systemUTC(), new Random(), events));
  }

  private SendResult send(Draft numbers) {
    return sending(numbers).orTimeout(20, TimeUnit.SECONDS).join();
  }

  private CompletableFuture<SendResult> sending(Draft numbers) {
    int count = numbers.ranges().stream().mapToInt(range -> range.count()).sum();
    return destination.send(Items.batch(Items.many(count)), numbers.build()).toFuture();
  }

  private void awaitEpoch() {
    Awaitility.await().atMost(PATIENCE).until(() -> events.count("epoch_renewed") == 1);
  }

  private static String why(SendResult result) {
    if (result instanceof Retry retry) {
      return retry.why();
    }
    return result instanceof Paused paused ? paused.why() : result.toString();
  }

  private Call call(int index) {
    Awaitility.await().atMost(PATIENCE).until(() -> collector.calls.size() > index);
    return collector.calls.get(index);
  }

  @Test
  void asksWhereTheCollectorStandsAndThenSendsInMessagesOfTheBatchSize() {
    collector.cursors.put(KEY, 10L);

    assertThat(send(Numbers.of(10, 70))).isInstanceOf(Delivered.class);

    assertThat(collector.healthChecks).hasSize(1);
    assertThat(collector.healthChecks.get(0).getAgentId()).isEqualTo("test-agent");
    assertThat(collector.healthChecks.get(0).getEpoch()).isEqualTo(Numbers.EPOCH);
    Call call = collector.calls.get(0);
    assertThat(call.messages.stream().map(StreamEventsRequest::getEventsCount).toList())
        .containsExactly(32, 32, 6);
    assertThat(call.first().getContinuesFrom()).isEqualTo(10);
    assertThat(call.messages.get(1).getAgentId()).isEmpty();
    assertThat(collector.numbers()).hasSize(70).startsWith(10L).endsWith(79L).isSorted();
    assertThat(collector.lines()).isEqualTo(Items.lines(Items.many(70)));
    assertThat(events.count("connected")).isEqualTo(1);
  }

  @Test
  void asksOnceAndKeepsTheConnectionWhileAllIsWell() {
    for (int i = 0; i < 10; i++) {
      assertThat(send(Numbers.of(i * 5, 5))).isInstanceOf(Delivered.class);
    }

    assertThat(collector.healthChecks).hasSize(1);
    assertThat(collector.connections).hasValue(1);
    assertThat(collector.calls.get(3).first().getContinuesFrom()).isEqualTo(15);
  }

  @Test
  void doesNotSendWhatTheCollectorHas() {
    collector.cursors.put(KEY, 12L);

    assertThat(send(Numbers.of(0, 10))).isInstanceOf(Delivered.class);
    assertThat(collector.calls).isEmpty();
    assertThat(events.count("already_received")).isEqualTo(10);

    assertThat(send(Numbers.of(10, 5))).isInstanceOf(Delivered.class);
    assertThat(collector.numbers()).containsExactly(12L, 13L, 14L);
  }

  @Test
  void theNextWindowIsUnderWayWhileTheLastIsAwaited() {
    collector.script.add(call -> {});

    CompletableFuture<SendResult> first = sending(Numbers.of(0, 100));
    CompletableFuture<SendResult> second = sending(Numbers.of(100, 100).after(99));
    Awaitility.await().atMost(PATIENCE).until(() -> call(1).halfClosed);

    assertThat(call(0).halfClosed).isTrue();
    assertThat(call(1).first().getContinuesFrom()).isEqualTo(100);
    assertThat(first).isNotDone();
    call(0).accept();
    assertThat(first.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Delivered.class);
    assertThat(second.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Delivered.class);
  }

  /** Large windows and a slow reader: messages of two calls would overtake each other otherwise. */
  @Test
  void aWindowNeverOvertakesTheOneBefore() {
    int count = 2_000;
    long next = 0;
    CompletableFuture<SendResult> last = null;
    for (int i = 0; i < 20; i++) {
      Draft numbers = Numbers.of(next, count);
      CompletableFuture<SendResult> sent =
          sending(last == null ? numbers : numbers.after(next - 1));
      if (last != null) {
        assertThat(last.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Delivered.class);
      }
      last = sent;
      next += count;
    }
    assertThat(last.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Delivered.class);
    assertThat(collector.numbers()).hasSize(20 * count).isSorted();
    assertThat(collector.healthChecks).hasSize(1);
  }

  @Test
  void aWindowThatWaitsForOneThatFailsFailsWithItWhenItStandsUponIt() {
    collector.openings.add(call -> call.fail(Status.UNAVAILABLE.withDescription("busy")));

    // So large that it is not on the wire when the answer comes.
    CompletableFuture<SendResult> first = sending(Numbers.of(0, 60_000));
    CompletableFuture<SendResult> second = sending(Numbers.of(60_000, 1).after(59_999));

    assertThat(first.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Retry.class);
    assertThat(second.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Retry.class);
    assertThat(collector.numbers()).isEmpty();
  }

  @Test
  void aWindowWhosePredecessorFailedIsNotSent() {
    collector.script.add(call -> call.fail(Status.UNAVAILABLE));
    assertThat(send(Numbers.of(0, 10))).isInstanceOf(Retry.class);

    SendResult result = send(Numbers.of(10, 10).after(9));

    assertThat(why(result)).contains("window before this one is not with 127.0.0.1");
    assertThat(collector.calls).hasSize(1);
  }

  @Test
  void asksAgainAfterAWindowThatFailedAndGoesOnFromTheCursor() {
    collector.script.add(
        call -> {
          collector.cursors.put(KEY, 6L);
          call.fail(Status.UNAVAILABLE.withDescription("half of it is safe"));
        });
    assertThat(why(send(Numbers.of(0, 10)))).contains("UNAVAILABLE", "half of it is safe");
    assertThat(collector.healthChecks).hasSize(1);

    assertThat(send(Numbers.of(0, 10))).isInstanceOf(Delivered.class);

    assertThat(collector.healthChecks).hasSize(2);
    assertThat(collector.connections).hasValue(1);
    assertThat(collector.calls.get(1).first().getContinuesFrom()).isEqualTo(6);
    assertThat(collector.numbers()).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void tellsWhatWasTruncatedAndWhatWasSkipped() {
    collector.cursors.put(KEY, 10L);

    assertThat(send(Numbers.of(100, 2).truncatedBelow(60))).isInstanceOf(Delivered.class);

    assertThat(collector.calls.get(0).gaps())
        .containsExactly(
            gap(10, 59, GapReason.GAP_REASON_TRUNCATED), gap(60, 99, GapReason.GAP_REASON_SKIPPED));
  }

  private static Gap gap(long first, long last, GapReason reason) {
    return Gap.newBuilder().setFirstSequence(first).setLastSequence(last).setReason(reason).build();
  }

  @Test
  void aCollectorThatLostItsCursorIsNotAskedToWaitForWhatIsSettled() {
    assertThat(send(Numbers.of(0, 10))).isInstanceOf(Delivered.class);
    collector.cursors.put(KEY, 3L);
    collector.script.add(call -> call.fail(Status.UNAVAILABLE));
    assertThat(send(Numbers.of(10, 1))).isInstanceOf(Retry.class);

    assertThat(send(Numbers.of(10, 1))).isInstanceOf(Delivered.class);

    assertThat(collector.calls.get(2).first().getContinuesFrom()).isEqualTo(3);
    assertThat(collector.calls.get(2).gaps())
        .containsExactly(gap(3, 9, GapReason.GAP_REASON_SKIPPED));
  }

  @Test
  void aCursorAboveWhatThisRunBeganWith_bringsANewEpoch() {
    collector.cursors.put(KEY, 50L);

    assertThat(why(send(Numbers.of(40, 5).issuedFrom(40))))
        .contains("another agent uses the same id", "restored from a backup", "up to 49");
    assertThat(collector.calls).isEmpty();
    awaitEpoch();

    assertThat(send(Numbers.of(40, 5).issuedFrom(40))).isInstanceOf(Delivered.class);
    assertThat(collector.calls.get(0).first().getEpoch()).isNotEqualTo(Numbers.EPOCH);
    assertThat(collector.calls.get(0).first().hasContinuesFrom()).isFalse();
    assertThat(collector.calls.get(0).numbers()).containsExactly(40L, 41L, 42L, 43L, 44L);
  }

  @Test
  void aNewEpoch_holdsInTheNextRun() {
    collector.cursors.put(KEY, 50L);
    assertThat(send(Numbers.of(40, 5).issuedFrom(40))).isInstanceOf(Retry.class);
    awaitEpoch();

    open();

    assertThat(send(Numbers.of(45, 5).issuedFrom(1 << 20))).isInstanceOf(Delivered.class);
    assertThat(collector.calls.get(0).first().getEpoch()).isNotEqualTo(Numbers.EPOCH);
  }

  @Test
  void duplicatesOfWhatWasNeverSent_areNoDelivery() {
    collector.script.add(call -> call.answer(5, 5));

    assertThat(why(send(Numbers.of(0, 5).issuedFrom(0)))).contains("never sent from here");
    awaitEpoch();

    assertThat(send(Numbers.of(0, 5).issuedFrom(0))).isInstanceOf(Delivered.class);
    assertThat(collector.calls.get(1).first().getEpoch()).isNotEqualTo(Numbers.EPOCH);
  }

  @Test
  void duplicatesOfWhatWasSentBefore_areDelivered() {
    collector.script.add(call -> call.fail(Status.UNAVAILABLE));
    assertThat(send(Numbers.of(0, 5).issuedFrom(0))).isInstanceOf(Retry.class);
    collector.script.add(call -> call.answer(5, 5));

    assertThat(send(Numbers.of(0, 5).issuedFrom(0))).isInstanceOf(Delivered.class);
    assertThat(events.count("epoch_renewed")).isZero();
  }

  @Test
  void anAnswerAboveEveryNumberIsNoDelivery() {
    collector.script.add(call -> call.answer(1_000));

    assertThat(send(Numbers.of(0, 5).issuedFrom(0))).isInstanceOf(Retry.class);
  }

  @Test
  void anAnswerBelowTheEndOfTheWindowIsNoDelivery() {
    collector.script.add(call -> call.answer(4));

    assertThat(why(send(Numbers.of(0, 5)))).contains("goes on from 4", "a window up to 5");
  }

  @Test
  void anEndWithoutAnAnswerIsNoDelivery() {
    collector.script.add(call -> call.answer.onCompleted());

    assertThat(send(Numbers.of(0, 5))).isInstanceOf(Retry.class);
  }

  @Test
  void twoAnswersAreNone() {
    collector.script.add(
        call -> {
          call.answer.onNext(StreamEventsResponse.newBuilder().setNextSequence(5).build());
          call.answer.onNext(StreamEventsResponse.newBuilder().setNextSequence(5).build());
          call.answer.onCompleted();
        });

    assertThat(send(Numbers.of(0, 5))).isInstanceOf(Retry.class);
  }

  @Test
  void anAnswerBeforeTheEndOfTheWindowCounts() {
    collector.openings.add(call -> call.answer(60_000));
    assertThat(send(Numbers.of(0, 60_000))).isInstanceOf(Delivered.class);

    collector.openings.add(call -> call.answer(60_001));
    assertThat(send(Numbers.of(60_000, 60_000))).isInstanceOf(Retry.class);
  }

  @ParameterizedTest
  @CsvSource({
    "UNAUTHENTICATED, Paused",
    "PERMISSION_DENIED, Paused",
    "UNIMPLEMENTED, Paused",
    "NOT_FOUND, Paused",
    "INVALID_ARGUMENT, Rejected",
    "FAILED_PRECONDITION, Rejected",
    "ALREADY_EXISTS, Rejected",
    "UNAVAILABLE, Retry",
    "DEADLINE_EXCEEDED, Retry",
    "ABORTED, Retry",
    "CANCELLED, Retry",
    "RESOURCE_EXHAUSTED, Retry",
    "DATA_LOSS, Retry",
    "OUT_OF_RANGE, Retry",
    "INTERNAL, Retry",
    "UNKNOWN, Retry",
  })
  void statusCodes(Status.Code code, String outcome) {
    collector.script.add(call -> call.fail(code.toStatus().withDescription("said so")));

    SendResult result = send(Numbers.of(0, 3));

    assertThat(result.getClass().getSimpleName()).isEqualTo(outcome);
    assertThat(why(result)).contains("127.0.0.1", code.name(), "said so");
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK"})
  void aHealthCheckThatFailsRejectsNoData(Status.Code code) {
    collector.healthScript.add(
        () -> {
          throw code.toStatus().withDescription("said so").asRuntimeException();
        });

    assertThat(send(Numbers.of(0, 3)))
        .isNotInstanceOf(Rejected.class)
        .isNotInstanceOf(TooLarge.class)
        .isNotInstanceOf(Delivered.class);
    assertThat(collector.calls).isEmpty();
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
  }

  @ParameterizedTest
  @CsvSource({
    "RESOURCE_EXHAUSTED, gRPC message exceeds maximum size 4194304: 5000000",
    "RESOURCE_EXHAUSTED, 'the window is larger than max_window_events: 100'",
    "RESOURCE_EXHAUSTED, grpc: received message larger than max (5000000 vs. 4194304)",
    "OUT_OF_RANGE, 'Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes'",
  })
  void aMessageThatIsTooLargeForTheCollector(Status.Code code, String text) {
    collector.script.add(call -> call.fail(code.toStatus().withDescription(text)));

    assertThat(send(Numbers.of(0, 3))).isInstanceOf(TooLarge.class);
  }

  @Test
  void pressureIsToldWithTheCollectorsOwnWait() {
    collector.script.add(
        call ->
            call.fail(
                Status.RESOURCE_EXHAUSTED.withDescription("full"),
                StatusProto.toStatusRuntimeException(
                        com.google.rpc.Status.newBuilder()
                            .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
                            .setMessage("full")
                            .addDetails(
                                Any.pack(
                                    RetryInfo.newBuilder()
                                        .setRetryDelay(
                                            Duration.newBuilder()
                                                .setSeconds(3)
                                                .setNanos(500_000_000))
                                        .build()))
                            .build())
                    .getTrailers()));

    Retry retry = (Retry) send(Numbers.of(0, 3));

    assertThat(retry.after()).isEqualTo(java.time.Duration.ofMillis(3_500));
    assertThat(retry.overloaded()).isTrue();
  }

  @Test
  void brokenDetailsAreNoWait() {
    Metadata trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
        new byte[] {1, 2, 3, 4});
    collector.script.add(call -> call.fail(Status.RESOURCE_EXHAUSTED, trailers));

    assertThat(((Retry) send(Numbers.of(0, 3))).after()).isNull();
  }

  @Test
  void aCollectorThatTakesNothingForTheMomentIsNotSentAnything() {
    collector.healthScript.add(
        () ->
            HealthCheckResponse.newBuilder()
                .setStatus(ServingStatus.SERVING_STATUS_NOT_SERVING)
                .build());

    assertThat(why(send(Numbers.of(0, 3)))).contains("takes no events for the moment");
    assertThat(collector.calls).isEmpty();
    assertThat(events.count("not_serving")).isEqualTo(1);
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
    assertThat(collector.connections).hasValue(1);
  }

  @Test
  void windowsThatWaitShareOneHealthCheckAndItsFailure() {
    collector.healthScript.add(() -> null);
    open("health_check_timeout: 500ms", "connect_timeout: 500ms");

    CompletableFuture<SendResult> first = sending(Numbers.of(0, 3));
    CompletableFuture<SendResult> second = sending(Numbers.of(3, 3).after(2));

    assertThat(why(first.orTimeout(20, TimeUnit.SECONDS).join()))
        .contains("did not answer a HealthCheck in time");
    assertThat(why(second.orTimeout(20, TimeUnit.SECONDS).join()))
        .contains("did not answer a HealthCheck in time");
    assertThat(collector.healthChecks).hasSize(1);
  }

  @Test
  void aCollectorThatDoesNotAnswerEndsInARetryAndANewConnection() {
    open("request_timeout: 500ms");
    collector.script.add(call -> {});

    assertThat(why(send(Numbers.of(0, 3)))).contains("DEADLINE_EXCEEDED");

    assertThat(events.count("disconnected")).isEqualTo(1);
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
    assertThat(collector.connections).hasValue(2);
  }

  @Test
  void aCollectorThatIsNotThereIsUnreachable() throws Exception {
    collector.stop();

    assertThat(why(send(Numbers.of(0, 3)))).contains("connection refused");
    assertThat(events.count("connect_failed")).isEqualTo(1);
    assertThat(events.count("auth_failed")).isZero();
  }

  @Test
  void aCollectorThatCloses() throws Exception {
    collector.script.add(call -> collector.server().shutdownNow());

    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Retry.class);
    collector.stop();
    assertThat(why(send(Numbers.of(0, 3)))).contains("connection refused");
    collector.start();
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
  }

  /** Without attempts of delivery there are none. */
  @Test
  void neverConnectsByItself() throws Exception {
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
    collector.stop();
    collector.start();
    Thread.sleep(2_500);
    assertThat(collector.connections).hasValue(1);

    assertThat(send(Numbers.of(3, 3))).isInstanceOf(Delivered.class);

    // Whatever it was told on the old one, it asked again on the new.
    assertThat(collector.connections).hasValue(2);
    assertThat(collector.healthChecks).hasSize(2);
  }

  /** Receivers and load balancers end connections by age; what is under way on them ends well. */
  @Test
  void connectionsThatEndByAgeLoseNoWindow() throws Exception {
    collector.stop();
    TestCollector aging =
        new TestCollector(
                builder ->
                    builder
                        .maxConnectionAge(1, TimeUnit.SECONDS)
                        .maxConnectionAgeGrace(10, TimeUnit.SECONDS))
            .start();
    try {
      destination.close().block(PATIENCE);
      destination = make(Collectors.at(aging.port()));
      Numbers numbers = new Numbers();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_500);
      List<SendResult> results =
          Flux.range(0, 10_000)
              .takeWhile(i -> System.nanoTime() < end)
              .concatMap(
                  i ->
                      numbers
                          .send(destination, Items.batch(Items.many(1)))
                          .delayElement(java.time.Duration.ofMillis(1)))
              .collectList()
              .block(PATIENCE);

      assertThat(aging.connections).hasValueGreaterThan(1);
      // A window may meet the very moment of the end; that is a retry, and seldom.
      assertThat(results)
          .allMatch(result -> result instanceof Delivered || result instanceof Retry);
      assertThat(results).filteredOn(result -> result instanceof Retry).hasSizeLessThan(10);
      assertThat(results).hasSizeGreaterThan(20);
    } finally {
      aging.stop();
    }
  }

  @Test
  void aPortThatSpeaksSomethingElse() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread speaker =
          new Thread(
              () -> {
                try {
                  while (true) {
                    var socket = other.accept();
                    socket.getOutputStream().write("220 mail ready\r\n".getBytes());
                    socket.getOutputStream().flush();
                  }
                } catch (IOException e) {
                  // The test has ended.
                }
              });
      speaker.setDaemon(true);
      speaker.start();
      destination.close().block(PATIENCE);
      destination = make(Collectors.at(other.getLocalPort(), "connect_timeout: 1s"));

      assertThat(why(send(Numbers.of(0, 3)))).isNotBlank().doesNotContain("Exception");
    }
  }

  @Test
  void aPortThatSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      destination.close().block(PATIENCE);
      destination =
          make(
              Collectors.at(
                  silent.getLocalPort(), "connect_timeout: 300ms", "health_check_timeout: 300ms"));

      assertThat(why(send(Numbers.of(0, 3)))).contains("could not be connected to in time");
    }
  }

  @Test
  void noMessageIsLargerThanTheCollectorTakes() {
    collector.maxMessageBytes = 3_000;

    assertThat(send(Numbers.of(0, 200))).isInstanceOf(Delivered.class);

    assertThat(collector.calls.get(0).messages)
        .hasSizeGreaterThan(7)
        .allMatch(message -> message.getSerializedSize() <= 3_000);
    assertThat(collector.numbers()).hasSize(200).isSorted();
  }

  @Test
  void anEventThatFitsIntoNoMessageIsTooLarge() {
    collector.maxMessageBytes = 2_000;
    List<Item> items =
        List.of(
            Items.numbered(0),
            Item.log(1, ByteSlice.of(new byte[3_000]), Map.of(), Map.of()),
            Items.numbered(2));

    SendResult result =
        destination.send(Items.batch(items), Numbers.of(0, 3).build()).block(PATIENCE);

    assertThat(result).isInstanceOf(TooLarge.class);
    assertThat(((TooLarge) result).why()).contains("does not fit into a message of 2000 bytes");
    assertThat(send(Numbers.of(0, 1))).isInstanceOf(Delivered.class);
  }

  @Test
  void aCancelledWindowIsCancelledAtTheCollector() {
    collector.script.add(call -> {});
    Disposable send =
        destination.send(Items.batch(Items.many(3)), Numbers.of(0, 3).build()).subscribe();
    Awaitility.await().atMost(PATIENCE).until(() -> call(0).halfClosed);

    send.dispose();

    Awaitility.await().atMost(PATIENCE).until(() -> call(0).answer.isCancelled());
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
    assertThat(collector.healthChecks).hasSize(2);
  }

  @Test
  void aNewEpochIsAskedForItself() {
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
    var other = new Numbering(7, Numbers.of(0, 2).ranges(), OptionalLong.empty(), 0, 2, 2);

    assertThat(destination.send(Items.batch(Items.many(2)), other).block(PATIENCE))
        .isInstanceOf(Delivered.class);

    assertThat(collector.healthChecks).hasSize(2);
    assertThat(collector.calls.get(1).first().getEpoch()).isEqualTo(7);
    assertThat(collector.calls.get(1).first().hasContinuesFrom()).isFalse();
  }

  @Test
  void messagesAreCompressedWhenThatIsAskedFor() {
    open("compression: gzip");

    assertThat(send(Numbers.of(0, 300))).isInstanceOf(Delivered.class);

    assertThat(collector.lines()).hasSize(300);
  }

  @Test
  void anAgentIdIsMadeOnceAndKept() throws Exception {
    destination.close().block(PATIENCE);
    CollectorOutputConfig config =
        Pipelines.config(
            CollectorOutputConfig.class,
            "collector_output",
            "endpoint: 127.0.0.1:" + collector.port());
    destination = make(config);
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
    String id = Files.readString(data.resolve("agent-id")).strip();
    assertThat(id).hasSize(36);
    assertThat(collector.healthChecks.get(0).getAgentId()).isEqualTo(id);

    destination.close().block(PATIENCE);
    destination = make(config);
    assertThat(send(Numbers.of(3, 3))).isInstanceOf(Delivered.class);
    assertThat(collector.calls.get(1).first().getAgentId()).isEqualTo(id);
    assertThat(data).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void anAgentIdThatCannotBeKeptPauses() throws Exception {
    destination.close().block(PATIENCE);
    Files.writeString(data.resolve("agent-id"), "\n");
    destination =
        make(
            Pipelines.config(
                CollectorOutputConfig.class,
                "collector_output",
                "endpoint: 127.0.0.1:" + collector.port()));

    assertThat(why(send(Numbers.of(0, 3)))).contains("agent-id", "holds no agent id");

    Files.delete(data.resolve("agent-id"));
    assertThat(send(Numbers.of(0, 3))).isInstanceOf(Delivered.class);
  }

  @Test
  void aDataDirectoryThatIsNonePauses() throws Exception {
    destination.close().block(PATIENCE);
    data = Files.writeString(data.resolve("file"), "no directory");
    destination =
        make(
            Pipelines.config(
                CollectorOutputConfig.class,
                "collector_output",
                "endpoint: 127.0.0.1:" + collector.port()));

    SendResult result = send(Numbers.of(0, 3));

    assertThat(result).isInstanceOf(Paused.class);
    assertThat(why(result)).contains("the agent id cannot be", "agent-id");
  }

  @Test
  void itemsWithoutNumbersAreNotSent() {
    assertThatThrownBy(
            () ->
                destination
                    .send(Items.batch(Items.many(3)), Numbers.of(0, 2).build())
                    .block(PATIENCE))
        .hasMessage("2 numbers for 3 items");
  }

  @Test
  void withoutNumbersNothingCanBeSent() {
    assertThat(
            destination
                .send(Items.batch(Items.many(1)))
                .map(result -> "sent")
                .onErrorResume(e -> Mono.just(e.getMessage()))
                .block(PATIENCE))
        .isEqualTo("the batch has no numbers");
  }
}
