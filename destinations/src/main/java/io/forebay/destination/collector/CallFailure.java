package io.forebay.destination.collector;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Rejected;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.component.SendResult.TooLarge;
import io.forebay.destination.net.NetworkFailure;
import io.forebay.destination.net.TlsFailure;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What it means that a call failed; the one place that knows status codes.
 *
 * <table>
 *   <caption>Status codes</caption>
 *   <tr><td>UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, NOT_FOUND, a TLS handshake</td>
 *       <td>paused</td></tr>
 *   <tr><td>INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS</td><td>rejected</td></tr>
 *   <tr><td>RESOURCE_EXHAUSTED or OUT_OF_RANGE that speak of a message's size</td>
 *       <td>too large</td></tr>
 *   <tr><td>all others</td><td>retry, after {@code RetryInfo} where it is given</td></tr>
 * </table>
 *
 * @param result for delivery
 * @param connection whether the connection is at fault, and so of no more use
 */
record CallFailure(SendResult result, boolean connection) {

  private static final Logger log = LoggerFactory.getLogger(CallFailure.class);

  /** Words of collector_input, grpc-java, grpc-go, gRPC core and tonic. */
  private static final Pattern SIZE =
      Pattern.compile(
          "(message|window|event).*(larger than|exceeds (the )?maximum size|too large)");

  /** A {@code google.rpc.Status}, as gRPC's error model has it. */
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final int MAX_TEXT = 300;

  /**
   * @param target the receiver, for people
   * @param ownEnd when our certificate expires; null when we have none
   */
  static CallFailure of(
      Status status,
      @Nullable Metadata trailers,
      String target,
      @Nullable Instant ownEnd,
      Instant now) {
    String tls = TlsFailure.describe(status.getCause(), ownEnd, now);
    if (tls != null) {
      return new CallFailure(new Paused(target + ": " + tls), true);
    }
    Throwable cause = status.getCause();
    if (cause instanceof IOException && status.getCode() != Status.Code.CANCELLED) {
      return new CallFailure(NetworkFailure.outcome(cause, target), true);
    }
    String why = target + " answered " + text(status);
    return switch (status.getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, NOT_FOUND ->
          answered(new Paused(why));
      case INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS -> answered(new Rejected(why));
      case RESOURCE_EXHAUSTED ->
          answered(
              isAboutSize(status)
                  ? new TooLarge(why)
                  : new Retry(why, retryDelay(status, trailers), true));
      case OUT_OF_RANGE ->
          answered(isAboutSize(status) ? new TooLarge(why) : retry(why, status, trailers));
      case UNAVAILABLE ->
          new CallFailure(
              cause == null
                  ? retry(why, status, trailers)
                  : new Retry("the connection to " + target + " failed: " + text(status)),
              cause != null);
      case DEADLINE_EXCEEDED -> new CallFailure(retry(why, status, trailers), true);
      default -> answered(retry(why, status, trailers));
    };
  }

  /** As it stands for a HealthCheck, which carries no data that could be at fault. */
  CallFailure withoutData() {
    if (result instanceof Rejected rejected) {
      return new CallFailure(new Paused(rejected.why()), connection);
    }
    return result instanceof TooLarge tooLarge
        ? new CallFailure(new Retry(tooLarge.why()), connection)
        : this;
  }

  private static CallFailure answered(SendResult result) {
    return new CallFailure(result, false);
  }

  private static Retry retry(String why, Status status, @Nullable Metadata trailers) {
    return new Retry(why, retryDelay(status, trailers), false);
  }

  private static boolean isAboutSize(Status status) {
    return SIZE.matcher(description(status).toLowerCase(Locale.ROOT)).find();
  }

  private static @Nullable Duration retryDelay(Status status, @Nullable Metadata trailers) {
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    if (details == null) {
      return null;
    }
    try {
      for (Any detail : com.google.rpc.Status.parseFrom(details).getDetailsList()) {
        if (detail.is(RetryInfo.class)) {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          Duration told = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
          return told.isNegative() ? null : told;
        }
      }
    } catch (InvalidProtocolBufferException | ArithmeticException e) {
      log.debug("the details of {} cannot be read", status, e);
    }
    return null;
  }

  private static String text(Status status) {
    String description = description(status);
    return status.getCode() + (description.isEmpty() ? "" : ": " + description);
  }

  /** On one line and not without end, since it comes from outside. */
  private static String description(Status status) {
    String description = status.getDescription();
    if (description == null) {
      return "";
    }
    String line = description.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "…" : line;
  }
}
