package io.forebay.source.collector;

import io.forebay.core.component.NodeListener;
import io.forebay.source.net.ByteBudget;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Charges the budget for a message while it arrives, so that many clients with half a message each
 * cannot hold more memory than the bound. One for each stream, on its event loop.
 */
final class StreamMeter extends ServerStreamTracer {

  private static final Context.Key<StreamMeter> KEY = Context.key("forebay-stream-meter");

  /** Makes the meters of a server. */
  static final class Factory extends ServerStreamTracer.Factory {
    private final ByteBudget budget;
    private final NodeListener listener;

    Factory(ByteBudget budget, NodeListener listener) {
      this.budget = budget;
      this.listener = listener;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new StreamMeter(budget, listener);
    }
  }

  // How grpc-java begins the reason of the status with which it refuses a message.
  private static final String TOO_LARGE = "gRPC message exceeds";

  private final ByteBudget budget;
  private final NodeListener listener;
  private long arriving;
  private boolean closed;
  private @Nullable Runnable onExcess;

  private StreamMeter(ByteBudget budget, NodeListener listener) {
    this.budget = budget;
    this.listener = listener;
  }

  /** The meter of the stream whose call is being started. */
  static @Nullable StreamMeter ofCurrentCall() {
    return KEY.get();
  }

  /**
   * @param task run, once, when this stream brings more than twice what the budget has
   */
  synchronized void onExcess(Runnable task) {
    onExcess = task;
  }

  /** A message is complete: what was charged for it is charged for its events from now on. */
  synchronized void complete(long bytes) {
    budget.take(bytes);
    budget.release(arriving);
    arriving = 0;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public synchronized void inboundWireSize(long bytes) {
    if (closed) {
      return;
    }
    arriving += bytes;
    budget.take(bytes);
    Runnable task = onExcess;
    if (task != null && budget.usedBytes() > 2 * budget.maxBytes()) {
      onExcess = null;
      task.run();
    }
  }

  @Override
  public synchronized void streamClosed(Status status) {
    closed = true;
    budget.release(arriving);
    arriving = 0;
    String why = status.getDescription();
    if (why != null && why.startsWith(TOO_LARGE)) {
      listener.onEvent("too_large", 1);
    }
  }
}
