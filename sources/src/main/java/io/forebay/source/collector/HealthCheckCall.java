package io.forebay.source.collector;

import io.forebay.core.collector.v1.HealthCheckRequest;
import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.ServingStatus;
import io.forebay.source.collector.Faults.Fault;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One {@code HealthCheck} call. Waits a moment for events under way, so that the cursor it answers
 * is not behind them: then fewer are sent again. Everything happens on the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a timer.
final class HealthCheckCall extends ServerCall.Listener<HealthCheckRequest>
    implements Session.Question {

  private final ServerCall<HealthCheckRequest, HealthCheckResponse> call;
  private final CallContext context;
  private final Reception shared;
  private final CallLoop loop;
  private @Nullable HealthCheckRequest request;
  private @Nullable Session session;
  private boolean ended;
  private boolean finished;

  HealthCheckCall(
      ServerCall<HealthCheckRequest, HealthCheckResponse> call,
      CallContext context,
      CallLoop loop) {
    this.call = call;
    this.context = context;
    this.shared = context.shared();
    this.loop = loop;
  }

  void start() {
    // A second one would show that it is no unary call.
    call.request(2);
  }

  @Override
  public void onMessage(HealthCheckRequest message) {
    if (request != null) {
      end(Faults.malformed("HealthCheck takes one request"));
    }
    request = message;
  }

  @Override
  public void onHalfClose() {
    HealthCheckRequest asked = request;
    if (ended) {
      return;
    }
    if (asked == null) {
      end(Faults.malformed("HealthCheck takes one request"));
      return;
    }
    String idFault = WindowRules.idFault(asked.getAgentId());
    Fault fault =
        idFault != null ? Faults.malformed(idFault) : context.identity().check(asked.getAgentId());
    if (fault != null) {
      end(fault);
      return;
    }
    Session open = context.sessions().useIfPresent(asked.getAgentId(), asked.getEpoch());
    session = open;
    if (open == null) {
      answer(shared.store().find(asked.getAgentId(), asked.getEpoch()));
      return;
    }
    loop.schedule(() -> answer(open.durable()), shared.timing().settle().toNanos());
    open.ask(this);
  }

  @Override
  public void onCancel() {
    ended = true;
    finish();
  }

  @Override
  public void onComplete() {
    finish();
  }

  @Override
  public void settled(OptionalLong cursor) {
    loop.execute(() -> answer(cursor));
  }

  private void answer(OptionalLong cursor) {
    if (ended) {
      return;
    }
    ended = true;
    Session open = session;
    boolean serving =
        !shared.pressure().isStopping()
            && shared.pressure().why() == null
            && shared.store().failure() == null
            && (open == null || !open.isBroken());
    HealthCheckResponse.Builder response =
        HealthCheckResponse.newBuilder()
            .setStatus(
                serving
                    ? ServingStatus.SERVING_STATUS_SERVING
                    : ServingStatus.SERVING_STATUS_NOT_SERVING)
            .setMaxMessageBytes(shared.config().maxMessageSize().bytes());
    cursor.ifPresent(response::setNextSequence);
    call.sendHeaders(new Metadata());
    call.sendMessage(response.build());
    call.close(Status.OK, new Metadata());
    finish();
  }

  private void end(Fault fault) {
    if (ended) {
      return;
    }
    ended = true;
    shared.listener().onEvent(fault.event(), 1);
    call.close(fault.status(), fault.trailers());
    finish();
  }

  private void finish() {
    if (finished) {
      return;
    }
    finished = true;
    Session open = session;
    if (open != null) {
      open.forget(this);
      open.release();
    }
    context.ended();
  }
}
