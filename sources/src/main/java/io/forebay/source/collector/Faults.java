package io.forebay.source.collector;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.random.RandomGenerator;

/** How a call ends that is not answered. Thread safe. */
final class Faults {

  /**
   * A status with its trailers.
   *
   * @param event the word under which it is counted
   */
  record Fault(Status status, Metadata trailers, String event) {
    Fault(Status.Code code, String why, String event) {
      this(code.toStatus().withDescription(why), new Metadata(), event);
    }
  }

  private final long retryAfterMillis;
  private final RandomGenerator random;

  Faults(java.time.Duration retryAfter, RandomGenerator random) {
    this.retryAfterMillis = retryAfter.toMillis();
    this.random = random;
  }

  /** Too much at the moment; tells when to come again, spread so that not all come at once. */
  Fault overloaded(String why) {
    long delay = retryAfterMillis / 2 + jitter(retryAfterMillis);
    RetryInfo info =
        RetryInfo.newBuilder()
            .setRetryDelay(
                Duration.newBuilder()
                    .setSeconds(delay / 1000)
                    .setNanos((int) (delay % 1000) * 1_000_000))
            .build();
    Metadata trailers =
        StatusProto.toStatusRuntimeException(
                com.google.rpc.Status.newBuilder()
                    .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
                    .setMessage(why)
                    .addDetails(Any.pack(info))
                    .build())
            .getTrailers();
    return new Fault(
        Status.RESOURCE_EXHAUSTED.withDescription(why),
        trailers == null ? new Metadata() : trailers,
        "overloaded");
  }

  private synchronized long jitter(long boundMillis) {
    return random.nextLong(boundMillis + 1);
  }

  /** A message or window that is larger than a bound: the same is refused for ever. */
  static Fault tooLarge(String why) {
    return new Fault(Status.Code.RESOURCE_EXHAUSTED, why, "too_large");
  }

  static Fault malformed(String why) {
    return new Fault(Status.Code.INVALID_ARGUMENT, why, "malformed_window");
  }

  /** The window does not continue what was received. */
  static Fault outOfStep(String why) {
    return new Fault(Status.Code.ABORTED, why, "out_of_step");
  }

  static Fault unavailable(String why) {
    return new Fault(Status.Code.UNAVAILABLE, why, "unavailable");
  }

  static Fault stopping() {
    return new Fault(Status.Code.UNAVAILABLE, "the receiver is stopping", "stopping");
  }

  static Fault unauthenticated(String why) {
    return new Fault(Status.Code.UNAUTHENTICATED, why, "unauthorized");
  }

  static Fault forbidden(String why) {
    return new Fault(Status.Code.PERMISSION_DENIED, why, "unauthorized");
  }

  static Fault idle(String why) {
    return new Fault(Status.Code.DEADLINE_EXCEEDED, why, "idle");
  }
}
