package io.forebay.destination.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.destination.Items;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.BatchFormat;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.encoding.BodyMemory;
import io.forebay.destination.encoding.EncodedBatch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

class TcpConnectionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** One an attempt to connect. */
  private final List<Sinks.One<Connection>> attempts = new ArrayList<>();

  private final TcpConnection connection =
      new TcpConnection(
          Mono.defer(
              () -> {
                Sinks.One<Connection> attempt = Sinks.one();
                attempts.add(attempt);
                return attempt.asMono();
              }));
  private final BatchEncoder encoder =
      new BatchEncoder(
          BatchFormat.NDJSON,
          BodyCompression.UNCOMPRESSED,
          Schedulers.immediate(),
          1,
          BodyMemory.ofProcess());
  private final EncodedBatch body =
      Objects.requireNonNull(
          encoder.encode(Items.batch(List.of(Items.numbered(1)))).block(PATIENCE));

  @AfterEach
  void close() {
    connection.close().block(PATIENCE);
    body.release();
    encoder.close();
  }

  private static EmbeddedChannel connect(Sinks.One<Connection> attempt) {
    EmbeddedChannel channel = new EmbeddedChannel();
    Connection opened = Connection.from(channel);
    attempt.tryEmitValue(opened);
    return channel;
  }

  private static int written(EmbeddedChannel channel) {
    int count = 0;
    for (Object message = channel.readOutbound();
        message != null;
        message = channel.readOutbound()) {
      assertThat(((ByteBuf) message).toString(StandardCharsets.UTF_8)).endsWith("\n");
      ReferenceCountUtil.release(message);
      count++;
    }
    return count;
  }

  @Test
  void writersThatComeTogetherShareOneConnection() {
    StepVerifier one = StepVerifier.create(connection.write(body)).expectComplete().verifyLater();
    StepVerifier two = StepVerifier.create(connection.write(body)).expectComplete().verifyLater();
    assertThat(connection.users()).isEqualTo(2);
    assertThat(attempts).hasSize(1);

    EmbeddedChannel channel = connect(attempts.get(0));
    one.verify(PATIENCE);
    two.verify(PATIENCE);
    assertThat(written(channel)).isEqualTo(2);
    assertThat(connection.users()).isZero();
  }

  @Test
  void connectsAnewOnceTheConnectionHasEnded() {
    StepVerifier first = StepVerifier.create(connection.write(body)).expectComplete().verifyLater();
    EmbeddedChannel ended = connect(attempts.get(0));
    first.verify(PATIENCE);
    assertThat(written(ended)).isEqualTo(1);
    ended.close();

    StepVerifier next = StepVerifier.create(connection.write(body)).expectComplete().verifyLater();
    assertThat(attempts).hasSize(2);
    assertThat(written(connect(attempts.get(1)))).isEqualTo(1);
    next.verify(PATIENCE);
  }

  @Test
  void aFailureToConnectIsToldToAllWhoWait_andTheNextTriesAgain() {
    StepVerifier one =
        StepVerifier.create(connection.write(body))
            .expectError(ConnectException.class)
            .verifyLater();
    StepVerifier two =
        StepVerifier.create(connection.write(body))
            .expectError(ConnectException.class)
            .verifyLater();
    attempts.get(0).tryEmitError(new ConnectException("refused"));
    one.verify(PATIENCE);
    two.verify(PATIENCE);
    assertThat(connection.users()).isZero();

    StepVerifier next = StepVerifier.create(connection.write(body)).expectComplete().verifyLater();
    assertThat(attempts).hasSize(2);
    assertThat(written(connect(attempts.get(1)))).isEqualTo(1);
    next.verify(PATIENCE);
  }

  @Test
  void whoGivesUpWaitingLeavesTheConnectionToTheNext() {
    connection.write(body).subscribe().dispose();
    assertThat(connection.users()).isZero();
    EmbeddedChannel channel = connect(attempts.get(0));

    StepVerifier.create(connection.write(body)).expectComplete().verify(PATIENCE);
    assertThat(attempts).hasSize(1);
    assertThat(written(channel)).isEqualTo(1);
  }

  @Test
  void aConnectionThatComesAfterTheCloseIsClosed() {
    StepVerifier waiting =
        StepVerifier.create(connection.write(body))
            .expectError(ClosedDestinationException.class)
            .verifyLater();
    connection.close().block(PATIENCE);
    waiting.verify(PATIENCE);

    assertThat(connect(attempts.get(0)).isOpen()).isFalse();
    StepVerifier.create(connection.write(body))
        .expectError(ClosedDestinationException.class)
        .verify(PATIENCE);
    assertThat(attempts).hasSize(1);
  }

  @Test
  void aConnectionThatEndsTheMomentItOpensIsForgotten() {
    StepVerifier first = StepVerifier.create(connection.write(body)).expectError().verifyLater();
    EmbeddedChannel dead = new EmbeddedChannel();
    dead.close();
    attempts.get(0).tryEmitValue(Connection.from(dead));
    first.verify(PATIENCE);

    StepVerifier next = StepVerifier.create(connection.write(body)).expectComplete().verifyLater();
    assertThat(attempts).hasSize(2);
    assertThat(written(connect(attempts.get(1)))).isEqualTo(1);
    next.verify(PATIENCE);
  }
}
