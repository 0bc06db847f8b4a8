package io.forebay.destination.collector;

import io.forebay.core.collector.v1.CollectorGrpc;
import io.forebay.core.collector.v1.HealthCheckRequest;
import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.ReactorCollectorGrpc;
import io.forebay.core.component.SendResult;
import io.forebay.destination.collector.CertificateWatch.Identity;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One attempt to reach the receiver, and the connection that came of it: it is never made again. On
 * the destination's own thread only.
 */
final class Connection {

  private final ManagedChannel channel;
  private final String agentId;
  private final @Nullable Identity identity;
  private @Nullable Standing standing;
  private boolean established;
  private @Nullable SendResult end;

  /**
   * @param identity what it was secured with; null for plain text
   */
  Connection(ManagedChannel channel, String agentId, @Nullable Identity identity) {
    this.channel = channel;
    this.agentId = agentId;
    this.identity = identity;
  }

  String agentId() {
    return agentId;
  }

  @Nullable Identity identity() {
    return identity;
  }

  /** When the certificate that it showed expires; null when it showed none. */
  @Nullable Instant ownEnd() {
    return identity == null ? null : identity.ownEnd();
  }

  /** Whether the receiver has ever answered on it. */
  boolean isEstablished() {
    return established;
  }

  /** Whether it was there and is no longer: the receiver closed it, or the way to it broke. */
  boolean isGone() {
    return established && !isReady();
  }

  boolean isReady() {
    return channel.getState(false) == ConnectivityState.READY;
  }

  /** Where the receiver stands; null until it was asked, and again after a failure. */
  @Nullable Standing standing(long epoch) {
    Standing known = standing;
    return known != null && known.epoch() == epoch ? known : null;
  }

  void stands(Standing told) {
    standing = told;
    established = true;
  }

  void answered(long epoch, long nextSequence) {
    Standing known = standing(epoch);
    if (known != null) {
      standing = known.answered(nextSequence);
    }
  }

  /** The receiver is to be asked again before anything is sent. */
  void forgetStanding() {
    standing = null;
  }

  /** Asks on subscription; ends within the deadline, cancelled or not. */
  Mono<HealthCheckResponse> healthCheck(long epoch, Duration deadline) {
    HealthCheckRequest request =
        HealthCheckRequest.newBuilder().setAgentId(agentId).setEpoch(epoch).build();
    // A call's Mono can be used once only, and cancelling it does not end the call.
    return Mono.defer(
        () ->
            ReactorCollectorGrpc.newReactorStub(channel)
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .healthCheck(request));
  }

  /** For calls that need to know when their bytes are on the wire. */
  CollectorGrpc.CollectorStub stub(Duration deadline) {
    return CollectorGrpc.newStub(channel)
        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends once what is under way has ended. */
  void retire() {
    channel.shutdown();
  }

  /** Ends now, with all that is under way, for which {@code why} is the cause. */
  void drop(SendResult why) {
    if (end == null) {
      end = why;
    }
    channel.shutdownNow();
  }

  /** Why it was dropped; null when it was not. */
  @Nullable SendResult end() {
    return end;
  }

  /** Completes when nothing of it is left, or after the time; blocks a thread meanwhile. */
  void awaitEnd(Duration time) throws InterruptedException {
    channel.awaitTermination(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
