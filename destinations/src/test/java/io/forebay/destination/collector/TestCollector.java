package io.forebay.destination.collector;

import io.forebay.core.collector.v1.CollectorGrpc;
import io.forebay.core.collector.v1.Event;
import io.forebay.core.collector.v1.Gap;
import io.forebay.core.collector.v1.HealthCheckRequest;
import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.collector.v1.StreamEventsResponse;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A collector that keeps to the protocol, unless its script says otherwise. It judges each window
 * when its first message is there, and so tells a sender that lets a window overtake another.
 */
final class TestCollector {

  /** One call of StreamEvents. */
  final class Call {
    final List<StreamEventsRequest> messages = new CopyOnWriteArrayList<>();
    final ServerCallStreamObserver<StreamEventsResponse> answer;
    volatile boolean halfClosed;
    volatile boolean cancelled;
    private boolean over;

    Call(ServerCallStreamObserver<StreamEventsResponse> answer) {
      this.answer = answer;
    }

    StreamEventsRequest first() {
      return messages.get(0);
    }

    List<Long> numbers() {
      return messages.stream()
          .flatMap(m -> m.getEventsList().stream())
          .map(Event::getSequence)
          .toList();
    }

    List<Gap> gaps() {
      return messages.stream().flatMap(m -> m.getGapsList().stream()).toList();
    }

    void fail(Status status) {
      fail(status, new Metadata());
    }

    synchronized void fail(Status status, Metadata trailers) {
      if (!over) {
        over = true;
        answer.onError(status.asRuntimeException(trailers));
      }
    }

    /** Answers as though everything below were safe. */
    void answer(long next) {
      answer(next, 0);
    }

    synchronized void answer(long next, long duplicates) {
      if (!over) {
        over = true;
        answer.onNext(
            StreamEventsResponse.newBuilder()
                .setNextSequence(next)
                .setDuplicates(duplicates)
                .build());
        answer.onCompleted();
      }
    }

    /** Takes the events and answers as the protocol says. */
    void accept() {
      String key = key(first().getAgentId(), first().getEpoch());
      long end = Math.max(cursors.getOrDefault(key, 0L), end());
      for (StreamEventsRequest message : messages) {
        for (Event event : message.getEventsList()) {
          if (event.getSequence() >= cursors.getOrDefault(key, 0L)) {
            events.add(event);
          }
        }
      }
      cursors.put(key, end);
      answer(end);
    }

    long end() {
      List<Long> numbers = numbers();
      return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1) + 1;
    }
  }

  final List<Call> calls = new CopyOnWriteArrayList<>();
  final List<Event> events = new CopyOnWriteArrayList<>();
  final List<HealthCheckRequest> healthChecks = new CopyOnWriteArrayList<>();
  final Map<String, Long> cursors = new ConcurrentHashMap<>();
  final AtomicInteger connections = new AtomicInteger();

  /** What the next windows do at half-close; then they are accepted. */
  final Queue<Consumer<Call>> script = new ConcurrentLinkedQueue<>();

  /** What the next windows do at their first message. */
  final Queue<Consumer<Call>> openings = new ConcurrentLinkedQueue<>();

  /** What the next HealthChecks answer instead. */
  final Queue<Supplier<HealthCheckResponse>> healthScript = new ConcurrentLinkedQueue<>();

  volatile long maxMessageBytes;
  private final Map<String, Long> received = new ConcurrentHashMap<>();
  private final UnaryOperator<NettyServerBuilder> custom;
  private SslContext tls;
  private Server server;
  private int port;

  TestCollector() {
    this(builder -> builder);
  }

  TestCollector(UnaryOperator<NettyServerBuilder> custom) {
    this.custom = custom;
  }

  TestCollector secured(SslContext context) {
    tls = context;
    return this;
  }

  TestCollector start() throws IOException {
    if (server != null) {
      return this;
    }
    received.clear();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            // Looks at messages in the order in which they came over the wire, across calls.
            .directExecutor()
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(new Service())
            .addTransportFilter(
                new ServerTransportFilter() {
                  @Override
                  public Attributes transportReady(Attributes attributes) {
                    connections.incrementAndGet();
                    return attributes;
                  }
                });
    if (tls != null) {
      builder.sslContext(tls);
    }
    server = custom.apply(builder).build().start();
    port = server.getPort();
    return this;
  }

  void stop() throws InterruptedException {
    if (server != null) {
      server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      server = null;
    }
  }

  Server server() {
    return server;
  }

  int port() {
    return port;
  }

  /** The lines of all events, in order, without line feeds. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Event event : events) {
      lines.add(event.getItem().toStringUtf8().stripTrailing());
    }
    return lines;
  }

  List<Long> numbers() {
    return events.stream().map(Event::getSequence).toList();
  }

  static String key(String agentId, long epoch) {
    return agentId + "/" + epoch;
  }

  private final class Service extends CollectorGrpc.CollectorImplBase {

    @Override
    public void healthCheck(
        HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
      healthChecks.add(request);
      Supplier<HealthCheckResponse> scripted = healthScript.poll();
      if (scripted != null) {
        try {
          HealthCheckResponse response = scripted.get();
          if (response != null) {
            answer.onNext(response);
            answer.onCompleted();
          }
        } catch (RuntimeException e) {
          answer.onError(e);
        }
        return;
      }
      String key = key(request.getAgentId(), request.getEpoch());
      HealthCheckResponse.Builder response =
          HealthCheckResponse.newBuilder().setMaxMessageBytes(maxMessageBytes);
      Long cursor = cursors.get(key);
      if (cursor != null) {
        response.setNextSequence(cursor);
        received.put(key, cursor);
      } else {
        received.remove(key);
      }
      answer.onNext(response.build());
      answer.onCompleted();
    }

    @Override
    public StreamObserver<StreamEventsRequest> streamEvents(
        StreamObserver<StreamEventsResponse> answer) {
      Call call = new Call((ServerCallStreamObserver<StreamEventsResponse>) answer);
      calls.add(call);
      Consumer<Call> opening = openings.poll();
      return new StreamObserver<>() {
        @Override
        public void onNext(StreamEventsRequest message) {
          boolean first = call.messages.isEmpty();
          call.messages.add(message);
          String key = key(call.first().getAgentId(), call.first().getEpoch());
          if (first && opening != null) {
            opening.accept(call);
          } else if (first
              && message.hasContinuesFrom()
              && message.getContinuesFrom() > received.getOrDefault(key, 0L)) {
            call.fail(
                Status.ABORTED.withDescription(
                    "waits for "
                        + received.getOrDefault(key, 0L)
                        + ", not "
                        + message.getContinuesFrom()));
          }
          received.merge(key, call.end(), Math::max);
        }

        @Override
        public void onError(Throwable failure) {
          call.cancelled = true;
        }

        @Override
        public void onCompleted() {
          call.halfClosed = true;
          if (call.over) {
            return;
          }
          Consumer<Call> next = script.poll();
          if (next == null) {
            call.accept();
          } else {
            next.accept(call);
          }
        }
      };
    }
  }
}
