package io.forebay.source.collector;

import io.forebay.core.collector.v1.CollectorGrpc;
import io.forebay.core.collector.v1.HealthCheckRequest;
import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.StreamEventsResponse;
import io.forebay.source.collector.Faults.Fault;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The service {@code forebay.collector.v1.Collector}. Its calls are started on event loops. */
final class CollectorService {

  static final String NAME = CollectorGrpc.SERVICE_NAME;

  private static final MethodDescriptor<WindowMessage, StreamEventsResponse> STREAM_EVENTS =
      CollectorGrpc.getStreamEventsMethod().toBuilder(
              new WindowMessageMarshaller(),
              CollectorGrpc.getStreamEventsMethod().getResponseMarshaller())
          .build();
  private static final MethodDescriptor<HealthCheckRequest, HealthCheckResponse> HEALTH_CHECK =
      CollectorGrpc.getHealthCheckMethod();

  private final Reception shared;
  private final Sessions sessions;
  private final EventLoopGroup loops;
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();

  CollectorService(Reception shared, Sessions sessions, EventLoopGroup loops) {
    this.shared = shared;
    this.sessions = sessions;
    this.loops = loops;
  }

  ServerServiceDefinition definition() {
    // The schema is what server reflection shows.
    ServiceDescriptor descriptor =
        ServiceDescriptor.newBuilder(NAME)
            .setSchemaDescriptor(CollectorGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(STREAM_EVENTS)
            .addMethod(HEALTH_CHECK)
            .build();
    return ServerServiceDefinition.builder(descriptor)
        .addMethod(STREAM_EVENTS, this::streamEvents)
        .addMethod(HEALTH_CHECK, this::healthCheck)
        .build();
  }

  /** Windows under way. */
  int streams() {
    return streams.get();
  }

  private ServerCall.Listener<WindowMessage> streamEvents(
      ServerCall<WindowMessage, StreamEventsResponse> call, Metadata headers) {
    boolean tooMany = streams.incrementAndGet() > shared.config().maxStreams();
    Fault fault = tooMany ? tooManyWindows() : unready();
    if (fault != null) {
      streams.decrementAndGet();
      return refuse(call, fault);
    }
    WindowCall window = new WindowCall(call, context(call, streams::decrementAndGet), loop());
    window.start();
    return window;
  }

  private ServerCall.Listener<HealthCheckRequest> healthCheck(
      ServerCall<HealthCheckRequest, HealthCheckResponse> call, Metadata headers) {
    // Half of the time a window is preceded by a question; beyond that somebody is playing.
    if (calls.incrementAndGet() > 2L * shared.config().maxStreams()) {
      calls.decrementAndGet();
      return refuse(call, tooManyWindows());
    }
    HealthCheckCall check =
        new HealthCheckCall(call, context(call, calls::decrementAndGet), loop());
    check.start();
    return check;
  }

  private @Nullable Fault unready() {
    if (shared.pressure().isStopping()) {
      return Faults.stopping();
    }
    if (shared.store().failure() != null) {
      return Faults.unavailable("the receiver cannot make its cursors durable");
    }
    String why = shared.pressure().why();
    return why == null ? null : shared.faults().overloaded(why);
  }

  private Fault tooManyWindows() {
    return shared
        .faults()
        .overloaded("too many calls at once (max_streams: " + shared.config().maxStreams() + ")");
  }

  private <A, B> ServerCall.Listener<A> refuse(ServerCall<A, B> call, Fault fault) {
    shared.listener().onEvent(fault.event(), 1);
    call.close(fault.status(), fault.trailers());
    return new ServerCall.Listener<>() {};
  }

  private CallContext context(ServerCall<?, ?> call, Runnable ended) {
    ClientNames names = call.getAttributes().get(ClientNames.KEY);
    StreamMeter meter = StreamMeter.ofCurrentCall();
    if (names == null || meter == null) {
      throw new IllegalStateException("the server was set up without its filters");
    }
    return new CallContext(shared, sessions, names, meter, ended);
  }

  private CallLoop loop() {
    for (EventExecutor each : loops) {
      if (each.inEventLoop()) {
        return new CallLoop((EventLoop) each);
      }
    }
    throw new IllegalStateException("a call was started outside of the event loops");
  }
}
