package io.forebay.source.collector;

import com.google.protobuf.ByteString;
import io.forebay.core.collector.v1.CollectorGrpc;
import io.forebay.core.collector.v1.Event;
import io.forebay.core.collector.v1.Gap;
import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.HealthCheckRequest;
import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.collector.v1.StreamEventsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A plain client of the protocol. */
final class Sender implements AutoCloseable {

  static final long EPOCH = 0xfeedL;

  private final ManagedChannel channel;
  private final String agentId;
  private final long epoch;
  private String compression = "identity";

  Sender(int port, String agentId) {
    this(
        NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .usePlaintext()
            .build(),
        agentId,
        EPOCH);
  }

  Sender(ManagedChannel channel, String agentId, long epoch) {
    this.channel = channel;
    this.agentId = agentId;
    this.epoch = epoch;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** The same connection for another agent or epoch. */
  Sender as(String otherAgent, long otherEpoch) {
    return new Sender(channel, otherAgent, otherEpoch);
  }

  HealthCheckResponse health() {
    return CollectorGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .healthCheck(HealthCheckRequest.newBuilder().setAgentId(agentId).setEpoch(epoch).build());
  }

  /** The same with gzip. */
  Sender compressing() {
    Sender other = new Sender(channel, agentId, epoch);
    other.compression = "gzip";
    return other;
  }

  /** The cursor, or -1. */
  long cursor() {
    HealthCheckResponse health = health();
    return health.hasNextSequence() ? health.getNextSequence() : -1;
  }

  StreamEventsRequest.Builder message() {
    return StreamEventsRequest.newBuilder().setAgentId(agentId).setEpoch(epoch);
  }

  /** Events from {@code first} to before {@code end}. */
  StreamEventsRequest.Builder events(long first, long end) {
    StreamEventsRequest.Builder message = message();
    for (long i = first; i < end; i++) {
      message.addEvents(event(i));
    }
    return message;
  }

  StreamEventsRequest.Builder events(long continuesFrom, long first, long end) {
    return events(first, end).setContinuesFrom(continuesFrom);
  }

  static Event event(long sequence) {
    return event(sequence, line(sequence) + "\n");
  }

  static Event event(long sequence, String item) {
    return Event.newBuilder().setSequence(sequence).setItem(ByteString.copyFromUtf8(item)).build();
  }

  static String line(long sequence) {
    return "{\"_type\":\"log\",\"timestamp\":1,\"body\":\"e" + sequence + "\"}";
  }

  static Gap gap(long first, long last, GapReason reason) {
    return Gap.newBuilder().setFirstSequence(first).setLastSequence(last).setReason(reason).build();
  }

  static Event bytes(long sequence, int size) {
    byte[] item =
        ("{\"_type\":\"log\",\"body\":\"" + "x".repeat(size) + "\"}\n")
            .getBytes(StandardCharsets.UTF_8);
    return Event.newBuilder().setSequence(sequence).setItem(ByteString.copyFrom(item)).build();
  }

  /** A window with all of its messages at once. */
  Stream window(StreamEventsRequest.Builder... messages) {
    Stream stream = open();
    for (StreamEventsRequest.Builder message : messages) {
      stream.send(message);
    }
    return stream.end();
  }

  Stream open() {
    return new Stream(channel, compression);
  }

  /** Ends the connection at once. */
  void cut() {
    channel.shutdownNow();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One call. */
  static final class Stream
      implements ClientResponseObserver<StreamEventsRequest, StreamEventsResponse> {
    private final CompletableFuture<StreamEventsResponse> answer = new CompletableFuture<>();
    private ClientCallStreamObserver<StreamEventsRequest> requests;

    Stream(ManagedChannel channel, String compression) {
      CollectorGrpc.newStub(channel).withCompression(compression).streamEvents(this);
    }

    Stream send(StreamEventsRequest.Builder message) {
      requests.onNext(message.build());
      return this;
    }

    Stream end() {
      requests.onCompleted();
      return this;
    }

    void cancel() {
      requests.cancel("the test says so", null);
    }

    boolean isReady() {
      return requests.isReady();
    }

    boolean isDone() {
      return answer.isDone();
    }

    StreamEventsResponse answer() {
      try {
        return answer.get(15, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError("no answer: " + e.getCause(), e.getCause());
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("no answer", e);
      }
    }

    long next() {
      return answer().getNextSequence();
    }

    /** As {@link #next}, or its failure. */
    long nextOrFail() {
      try {
        return answer.get(30, TimeUnit.SECONDS).getNextSequence();
      } catch (ExecutionException e) {
        throw (StatusRuntimeException) e.getCause();
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("no end", e);
      }
    }

    /** How it failed. */
    StatusRuntimeException failure() {
      try {
        StreamEventsResponse response = answer.get(15, TimeUnit.SECONDS);
        throw new AssertionError("was answered " + response);
      } catch (ExecutionException e) {
        return (StatusRuntimeException) e.getCause();
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("no end", e);
      }
    }

    Status status() {
      return failure().getStatus();
    }

    Status.Code code() {
      return status().getCode();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<StreamEventsRequest> stream) {
      requests = stream;
    }

    @Override
    public void onNext(StreamEventsResponse response) {
      answer.complete(response);
    }

    @Override
    public void onError(Throwable error) {
      answer.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {}
  }
}
