package io.forebay.destination.collector;

import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.ServingStatus;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Retry;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The way to the receiver: connects when it is asked for, never by itself, and asks where the
 * receiver stands after each connect and each failure. On the destination's own thread only.
 */
final class Link {

  private static final SendResult CLOSED = new Retry("the destination was closed");

  private static final int DEFAULT_MESSAGE_BYTES = 4 << 20;

  /** Below this a message has no room for its own fields. */
  private static final int MIN_MESSAGE_BYTES = 1024;

  /** Told how {@link #ready} went, where it gave nothing at once. */
  interface Listener {

    /** It is worth asking again. */
    void onReady();

    /** The attempt failed, for all that wait for it. */
    void onFailed(SendResult result);
  }

  /** A connection on which windows may be sent. */
  record Ready(Connection connection, Standing standing) {}

  private final CollectorOutputConfig config;
  private final Connector connector;
  private final Clock clock;
  private final LinkReport report;
  private final Scheduler.Worker worker;
  private final Listener listener;
  private final String target;
  private @Nullable Connection connection;
  private boolean busy;
  private boolean closed;

  /**
   * @param worker the destination's own thread
   */
  Link(
      CollectorOutputConfig config,
      Connector connector,
      Clock clock,
      LinkReport report,
      Scheduler.Worker worker,
      Listener listener) {
    this.config = config;
    this.connector = connector;
    this.clock = clock;
    this.report = report;
    this.worker = worker;
    this.listener = listener;
    this.target = config.target().toString();
  }

  /**
   * What to send a window on; null while there is nothing, and then the listener is told once there
   * is, or that there will not be.
   *
   * @param idle whether no window is under way: only then another connection takes the place of one
   *     that the receiver is closing or whose certificates are out of date
   */
  @Nullable Ready ready(long epoch, boolean idle) {
    if (busy || closed) {
      return null;
    }
    Connection current = connection;
    if (current != null && (current.isGone() || connector.isOutdated(current))) {
      if (!idle) {
        return null;
      }
      current.retire();
      current = null;
    }
    connection = current;
    if (current == null) {
      connect();
      return null;
    }
    Standing standing = current.standing(epoch);
    if (standing == null) {
      ask(current, epoch);
      return null;
    }
    return new Ready(current, standing);
  }

  /** A window on {@code used} failed; says what that means. */
  SendResult failed(Connection used, Status status, @Nullable Metadata trailers) {
    SendResult dropped = used.end();
    if (dropped != null) {
      return dropped;
    }
    CallFailure what = dropIfBroken(used, failure(used, status, trailers));
    report.windowFailed(what);
    return what.result();
  }

  /** Before anything else is sent, the receiver is to be asked. */
  void doubt() {
    Connection current = connection;
    if (current != null) {
      current.forgetStanding();
    }
  }

  /** Ends the connection; nothing is told any more. It is handed over, to see its end. */
  @Nullable Connection close() {
    closed = true;
    Connection last = connection;
    connection = null;
    if (last != null) {
      last.drop(CLOSED);
    }
    return last;
  }

  private void connect() {
    busy = true;
    connector
        .connection()
        .subscribe(
            made -> worker.schedule(() -> made(made)),
            failure -> worker.schedule(() -> attemptFailed(Connector.outcome(failure))));
  }

  private void made(Connection made) {
    busy = false;
    if (closed) {
      made.drop(CLOSED);
      return;
    }
    connection = made;
    listener.onReady();
  }

  private void ask(Connection current, long epoch) {
    busy = true;
    Duration time =
        current.isEstablished()
            ? config.healthCheckTimeout()
            : config.connectTimeout().plus(config.healthCheckTimeout());
    current
        .healthCheck(epoch, time)
        .subscribe(
            response -> told(current, epoch, response), failure -> notTold(current, failure));
  }

  private void told(Connection current, long epoch, HealthCheckResponse response) {
    busy = false;
    if (closed) {
      return;
    }
    if (response.getStatus() == ServingStatus.SERVING_STATUS_NOT_SERVING) {
      SendResult result = new Retry(target + " takes no events for the moment");
      report.notServing(result);
      listener.onFailed(result);
      return;
    }
    if (!current.isEstablished()) {
      report.connected(target, response.hasNextSequence(), response.getNextSequence());
    }
    current.stands(
        new Standing(epoch, cursor(response), messageBytes(response.getMaxMessageBytes())));
    listener.onReady();
  }

  private static OptionalLong cursor(HealthCheckResponse response) {
    return response.hasNextSequence()
        ? OptionalLong.of(response.getNextSequence())
        : OptionalLong.empty();
  }

  private static int messageBytes(long told) {
    return told <= 0
        ? DEFAULT_MESSAGE_BYTES
        : (int) Math.max(MIN_MESSAGE_BYTES, Math.min(told, Integer.MAX_VALUE));
  }

  private void notTold(Connection current, Throwable failure) {
    if (closed) {
      return;
    }
    Status status = Status.fromThrowable(failure);
    CallFailure what =
        status.getCode() == Status.Code.DEADLINE_EXCEEDED
            ? new CallFailure(new Retry(silence(current)), true)
            : failure(current, status, Status.trailersFromThrowable(failure)).withoutData();
    attemptFailed(dropIfBroken(current, what).result());
  }

  private void attemptFailed(SendResult result) {
    busy = false;
    if (!closed) {
      report.connectFailed(result);
      listener.onFailed(result);
    }
  }

  private String silence(Connection current) {
    return target
        + (current.isReady()
            ? " did not answer a HealthCheck in time"
            : " could not be connected to in time");
  }

  private CallFailure failure(Connection used, Status status, @Nullable Metadata trailers) {
    return CallFailure.of(status, trailers, target, used.ownEnd(), clock.instant());
  }

  @SuppressWarnings("ReferenceEquality") // this connection, not one like it
  private CallFailure dropIfBroken(Connection used, CallFailure what) {
    if (!what.connection() && used.isReady()) {
      return what;
    }
    if (connection == used) {
      connection = null;
    }
    used.drop(what.result());
    return new CallFailure(what.result(), true);
  }
}
