package io.forebay.destination.collector;

import io.forebay.core.collector.v1.CollectorGrpc;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.collector.v1.StreamEventsResponse;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Rejected;
import io.forebay.core.component.SendResult.TooLarge;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code StreamEvents}: messages as fast as the wire takes them, then half-close, then
 * the answer. Calls and callbacks on the destination's own thread only.
 *
 * <p>Written with the plain stub: a window may follow only when the bytes of this one are on the
 * wire, and that is told by nobody else.
 */
final class WindowCall
    implements ClientResponseObserver<StreamEventsRequest, StreamEventsResponse> {

  /** Handed to the transport at once; then it is waited for until all of it was written. */
  private static final int BURST_BYTES = 1 << 20;

  /** Told how the call went, on the destination's own thread; exactly one of the ends. */
  interface Listener {

    /** All messages are on the wire, so that the next window may follow. */
    void onWritten();

    /**
     * @param response null when the call ended well without one
     */
    void onAnswered(@Nullable StreamEventsResponse response);

    /** Its events cannot be sent as they are; the call was given up. */
    void onGivenUp(SendResult why);

    void onFailed(Status status, @Nullable Metadata trailers);
  }

  private final WindowMessages messages;
  private final Listener listener;
  private @Nullable ClientCallStreamObserver<StreamEventsRequest> requests;
  private @Nullable StreamEventsResponse response;
  private boolean halfClosed;
  private boolean ended;

  WindowCall(WindowMessages messages, Listener listener) {
    this.messages = messages;
    this.listener = listener;
  }

  /** Begins the call. Only that events cannot be sent may be told from within. */
  void start(CollectorGrpc.CollectorStub stub) {
    // Ready means then that nothing waits to be written any more.
    stub.withOnReadyThreshold(1).streamEvents(this);
    write();
  }

  /** Gives the call up; its listener is told nothing more. */
  void cancel() {
    if (!ended) {
      ended = true;
      cancelCall("the window was given up");
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<StreamEventsRequest> stream) {
    requests = stream;
    stream.setOnReadyHandler(this::onReady);
  }

  private void onReady() {
    ClientCallStreamObserver<StreamEventsRequest> stream = requests;
    if (ended || halfClosed || stream == null || !stream.isReady()) {
      return;
    }
    if (messages.hasNext()) {
      write();
    } else {
      halfClosed = true;
      stream.onCompleted();
      listener.onWritten();
    }
  }

  private void write() {
    ClientCallStreamObserver<StreamEventsRequest> stream = requests;
    int written = 0;
    while (!ended && stream != null && messages.hasNext() && written < BURST_BYTES) {
      StreamEventsRequest message;
      try {
        message = messages.next();
      } catch (RuntimeException e) {
        giveUp(new Rejected("an event cannot be encoded: " + e));
        return;
      }
      if (message == null) {
        giveUp(new TooLarge(String.valueOf(messages.tooLarge())));
        return;
      }
      written += message.getSerializedSize();
      stream.onNext(message);
    }
  }

  private void giveUp(SendResult why) {
    ended = true;
    cancelCall("an event cannot be sent");
    listener.onGivenUp(why);
  }

  private void cancelCall(String why) {
    ClientCallStreamObserver<StreamEventsRequest> stream = requests;
    if (stream != null) {
      stream.cancel(why, null);
    }
  }

  @Override
  public void onNext(StreamEventsResponse answer) {
    response = answer;
  }

  @Override
  public void onError(Throwable failure) {
    if (!ended) {
      ended = true;
      listener.onFailed(Status.fromThrowable(failure), Status.trailersFromThrowable(failure));
    }
  }

  @Override
  public void onCompleted() {
    if (!ended) {
      ended = true;
      listener.onAnswered(response);
    }
  }
}
