package io.forebay.source.collector;

import io.forebay.core.collector.v1.StreamEventsResponse;
import io.forebay.source.collector.Faults.Fault;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code StreamEvents} call. Everything happens on the connection's event loop. Messages are
 * requested only as the pipeline takes them and the budget has room.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a timer.
final class WindowCall extends ServerCall.Listener<WindowMessage> implements Window.Call {

  private static final Logger log = LoggerFactory.getLogger(WindowCall.class);

  // What an early window may bring before it is told to come again.
  private static final long MAX_EARLY_BYTES = 4 << 20;

  private record Charged(WindowMessage message, long bytes) {}

  private final ServerCall<WindowMessage, StreamEventsResponse> call;
  private final CallContext context;
  private final Reception shared;
  private final CallLoop loop;
  private final WindowRules rules;
  private final Inflow inflow;
  private final Window window = new Window(this);
  private final AtomicBoolean resuming = new AtomicBoolean();
  private final ArrayDeque<Charged> early = new ArrayDeque<>();
  private long earlyBytes;
  private @Nullable Session session;
  private boolean entered;
  private boolean halfClosed;
  private boolean ended;
  private boolean finished;
  private boolean flushScheduled;
  private boolean lastChance;
  private @Nullable ScheduledFuture<?> idleCheck;

  WindowCall(
      ServerCall<WindowMessage, StreamEventsResponse> call, CallContext context, CallLoop loop) {
    this.call = call;
    this.context = context;
    this.shared = context.shared();
    this.loop = loop;
    this.rules = new WindowRules(shared.config());
    this.inflow = new Inflow(call::request, shared.budget(), () -> loop.execute(this::requestMore));
  }

  /** Asks for the first message. */
  void start() {
    context.meter().onExcess(() -> loop.execute(this::refuseExcess));
    checkIdle();
    requestMore();
  }

  @Override
  public void onMessage(WindowMessage message) {
    long bytes = message.weight();
    context.meter().complete(bytes);
    inflow.arrived(message.wireBytes());
    Fault fault = ended ? null : rules.check(message);
    if (fault == null && !ended && session == null) {
      fault = join(message);
    }
    if (fault != null || ended) {
      shared.budget().release(bytes);
      if (fault != null) {
        end(fault);
      }
      return;
    }
    if (entered) {
      take(message, bytes);
    } else {
      early.add(new Charged(message, bytes));
      earlyBytes += bytes;
      tryEnter();
    }
    requestMore();
  }

  @Override
  public void onHalfClose() {
    halfClosed = true;
    if (ended) {
      return;
    }
    Session joined = session;
    if (joined == null) {
      end(Faults.malformed("the window has no message"));
    } else if (entered) {
      joined.complete(window);
    }
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
  public void resume() {
    if (resuming.compareAndSet(false, true)) {
      loop.execute(
          () -> {
            resuming.set(false);
            if (!ended && session != null && !entered) {
              tryEnter();
            }
            requestMore();
          });
    }
  }

  @Override
  public void answered(long nextSequence, long duplicates) {
    loop.execute(
        () -> {
          if (ended) {
            return;
          }
          ended = true;
          call.sendHeaders(new Metadata());
          call.sendMessage(
              StreamEventsResponse.newBuilder()
                  .setNextSequence(nextSequence)
                  .setDuplicates(duplicates)
                  .build());
          call.close(Status.OK, new Metadata());
          finish();
        });
  }

  @Override
  public void failed(Fault fault) {
    loop.execute(() -> end(fault));
  }

  private @Nullable Fault join(WindowMessage message) {
    Fault refused = context.identity().check(message.agentId());
    if (refused != null) {
      shared.refusals().refused(call.getAttributes(), message.agentId(), refused);
      return refused;
    }
    session = context.sessions().use(message.agentId(), message.epoch());
    return session == null
        ? shared.faults().overloaded("too many agents have windows under way (max_agents)")
        : null;
  }

  private void tryEnter() {
    Session joined = session;
    Charged first = early.peek();
    if (joined == null || first == null) {
      return;
    }
    switch (joined.enter(window, first.message)) {
      case TAKEN -> {
        entered = true;
        for (Charged next = early.poll(); next != null; next = early.poll()) {
          take(next.message, next.bytes);
        }
        earlyBytes = 0;
        if (halfClosed) {
          joined.complete(window);
        }
      }
      case EARLY -> {
        lastChance = false;
        refuseIfFarAhead();
      }
      case OUT_OF_STEP -> {
        // The window before may have been sent first and yet come later.
        if (!lastChance) {
          lastChance = true;
          loop.schedule(this::endOutOfStep, shared.timing().predecessor().toNanos());
        }
        refuseIfFarAhead();
      }
      case UNWELL ->
          end(Faults.unavailable("events that failed are still under way; ask HealthCheck"));
    }
  }

  /** What waits here takes the connection's room from the window that it waits for. */
  private void refuseIfFarAhead() {
    if (earlyBytes > MAX_EARLY_BYTES) {
      end(Faults.outOfStep("the window before this one has not come yet; send less ahead"));
    }
  }

  private void endOutOfStep() {
    Session joined = session;
    Charged first = early.peek();
    if (ended || entered || joined == null || first == null || !lastChance) {
      return;
    }
    end(
        Faults.outOfStep(
            "the window continues from "
                + first.message.continuesFrom()
                + ", but the receiver has "
                + joined.receivedText()
                + "; ask HealthCheck"));
  }

  private void take(WindowMessage message, long bytes) {
    Session joined = session;
    if (joined == null) {
      return;
    }
    if (joined.take(window, message, bytes)) {
      joined.flush();
    } else if (!flushScheduled) {
      flushScheduled = true;
      // After what has arrived with it.
      loop.execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    Session joined = session;
    if (joined != null) {
      joined.flush();
    }
  }

  private void requestMore() {
    Session joined = session;
    if (!ended && !halfClosed && (!entered || joined == null || joined.hasRoom())) {
      inflow.request();
    }
  }

  private void refuseExcess() {
    end(shared.faults().overloaded("too many bytes are arriving at once (max_pending_size)"));
  }

  private void checkIdle() {
    if (ended || halfClosed) {
      return;
    }
    long left = shared.config().idleTimeout().toNanos() - inflow.idleNanos();
    if (left > 0) {
      idleCheck = loop.schedule(this::checkIdle, left);
    } else {
      end(Faults.idle("nothing arrived within idle_timeout"));
    }
  }

  private void end(Fault fault) {
    if (ended) {
      return;
    }
    ended = true;
    shared.listener().onEvent(fault.event(), 1);
    log.debug("{}: a window ended: {}", shared.nodeName(), fault.status());
    call.close(fault.status(), fault.trailers());
    finish();
  }

  private void finish() {
    if (finished) {
      return;
    }
    finished = true;
    ScheduledFuture<?> check = idleCheck;
    if (check != null) {
      check.cancel(false);
    }
    early.forEach(each -> shared.budget().release(each.bytes));
    early.clear();
    Session joined = session;
    if (joined != null) {
      joined.flush();
      joined.leave(window);
      joined.release();
    }
    context.ended();
  }
}
