package io.forebay.destination.collector;

import io.forebay.core.collector.v1.CollectorGrpc;
import io.forebay.core.collector.v1.StreamEventsResponse;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.core.component.SendResult.Retry;
import io.forebay.core.item.ItemEncoder;
import io.forebay.destination.collector.CollectorOutputConfig.MessageCompression;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Brings windows to the receiver one after the other, in the order in which they came: the next
 * begins when the last is on the wire, and does not wait for its answer. On the destination's own
 * thread only.
 */
final class Sequencer implements Link.Listener {

  private final CollectorOutputConfig config;
  private final LinkReport report;
  private final Epochs epochs;
  private final EpochChange epochChange;
  private final Scheduler.Worker worker;
  private final Link link;
  private final String target;
  private final ItemEncoder encoder = new ItemEncoder();
  private final Deque<Window> waiting = new ArrayDeque<>();
  private final Set<Window> underWay = new LinkedHashSet<>();
  private @Nullable Window writing;
  private boolean closed;
  private long underWayEnd;
  private long answered;
  private long answeredEpoch;
  private long sentEnd;

  /**
   * @param worker the destination's own thread
   */
  Sequencer(
      CollectorOutputConfig config,
      Connector connector,
      Clock clock,
      LinkReport report,
      Epochs epochs,
      Scheduler.Worker worker) {
    this.config = config;
    this.report = report;
    this.epochs = epochs;
    this.worker = worker;
    this.link = new Link(config, connector, clock, report, worker, this);
    this.target = config.target().toString();
    this.epochChange = new EpochChange(epochs, target, report, this::post, this::step);
  }

  void add(Window window) {
    if (closed) {
      window.end(new Retry("the destination was closed"));
    } else {
      waiting.add(window);
      step();
    }
  }

  /** Gives a window up; those that stand on it fail. */
  void cancel(Window window) {
    if (!window.isEnded()) {
      window.cancel();
      waiting.remove(window);
      if (leave(window)) {
        failed(new Retry("the window before this one was given up"));
      }
      step();
    }
  }

  /** Gives everything up; what comes later fails. The connection is handed over, to see its end. */
  @Nullable Connection close() {
    closed = true;
    onFailed(new Retry("the destination was closed"));
    for (Window window : List.copyOf(underWay)) {
      window.end(new Retry("the destination was closed"));
      window.cancel();
    }
    underWay.clear();
    return link.close();
  }

  @Override
  public void onReady() {
    step();
  }

  @Override
  public void onFailed(SendResult result) {
    List<Window> failing = List.copyOf(waiting);
    waiting.clear();
    failing.forEach(window -> window.end(result));
  }

  private void step() {
    while (!closed && writing == null) {
      Window next = waiting.peek();
      if (next != null) {
        next.sendUnder(epochs);
      }
      Link.Ready ready =
          next == null ? null : link.ready(next.numbering().epoch(), underWay.isEmpty());
      if (next == null || ready == null) {
        return;
      }
      waiting.poll();
      send(ready, next);
    }
  }

  private void send(Link.Ready ready, Window window) {
    Numbering numbering = window.numbering();
    if (answeredEpoch != numbering.epoch()) {
      answeredEpoch = numbering.epoch();
      answered = 0;
      sentEnd = 0;
    }
    WindowPlan plan =
        WindowPlan.of(
            numbering,
            ready.standing().next(),
            underWay.isEmpty() ? 0 : underWayEnd,
            sentBelow(numbering),
            answered);
    if (plan instanceof WindowPlan.Settled) {
      report.alreadyReceived(window.items().size());
      window.end(Delivered.INSTANCE);
    } else if (plan instanceof WindowPlan.Foreign foreign) {
      SendResult refused =
          epochChange.begin(window, "up to " + Long.toUnsignedString(foreign.next() - 1));
      report.windowFailed(new CallFailure(refused, false));
      window.end(refused);
    } else if (plan instanceof WindowPlan.OutOfTurn) {
      window.end(new Retry("the window before this one is not with " + target));
    } else if (plan instanceof WindowPlan.Send send) {
      begin(ready, window, send);
    }
  }

  /** No number at or above it was sent, in this run or an earlier one. */
  private long sentBelow(Numbering numbering) {
    return Math.max(numbering.issuedFrom(), sentEnd);
  }

  private void post(Runnable task) {
    try {
      worker.schedule(task);
    } catch (RejectedExecutionException closedMeanwhile) {
      // What was kept on disk holds for the next run.
    }
  }

  private void begin(Link.Ready ready, Window window, WindowPlan.Send plan) {
    Connection used = ready.connection();
    WindowMessages messages =
        new WindowMessages(
            used.agentId(),
            window.numbering(),
            window.items(),
            plan,
            config.batchSize(),
            ready.standing().maxMessageBytes(),
            encoder);
    long known = window.numbering().countBelow(sentBelow(window.numbering()));
    sentEnd = Math.max(sentEnd, window.numbering().end());
    WindowCall call = new WindowCall(messages, new Progress(used, window, known));
    writing = window;
    underWay.add(window);
    underWayEnd = window.numbering().end();
    window.begin(call);
    CollectorGrpc.CollectorStub stub = used.stub(config.requestTimeout());
    call.start(
        config.compression() == MessageCompression.GZIP ? stub.withCompression("gzip") : stub);
  }

  /** Whether it was under way. */
  @SuppressWarnings("ReferenceEquality") // this window, not one like it
  private boolean leave(Window window) {
    if (writing == window) {
      writing = null;
    }
    return underWay.remove(window);
  }

  /**
   * After each failure the receiver is asked, and those that stand upon the window fail with it.
   */
  private void failed(SendResult result) {
    link.doubt();
    SendResult forFollowers =
        result instanceof Retry || result instanceof Paused
            ? result
            : new Retry("the window before this one was not taken");
    for (Window follower : List.copyOf(waiting)) {
      if (follower.follows()) {
        waiting.remove(follower);
        follower.end(forFollowers);
      }
    }
  }

  /** How one window fares. */
  private final class Progress implements WindowCall.Listener {

    private final Connection used;
    private final Window window;
    private final long sentBefore;

    /**
     * @param sentBefore events of the window that the receiver may have from before
     */
    Progress(Connection used, Window window, long sentBefore) {
      this.used = used;
      this.window = window;
      this.sentBefore = sentBefore;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // this window, not one like it
    public void onWritten() {
      if (writing == window) {
        writing = null;
        step();
      }
    }

    @Override
    public void onAnswered(@Nullable StreamEventsResponse response) {
      Numbering numbering = window.numbering();
      long next = response == null ? 0 : response.getNextSequence();
      if (response == null || Long.compareUnsigned(next, numbering.end()) < 0) {
        String what = response == null ? "nothing" : "that it goes on from " + next;
        endBadly(new Retry(target + " answered " + what + " to a window up to " + numbering.end()));
      } else if (Long.compareUnsigned(next, sentBelow(numbering)) > 0) {
        endBadly(epochChange.begin(window, "up to " + Long.toUnsignedString(next - 1)));
      } else if (Long.compareUnsigned(response.getDuplicates(), sentBefore) > 0) {
        endBadly(epochChange.begin(window, numbering.first() + " to " + (numbering.end() - 1)));
      } else {
        used.answered(numbering.epoch(), next);
        answered = answeredEpoch == numbering.epoch() ? Math.max(answered, next) : answered;
        report.duplicates(response.getDuplicates());
        end(Delivered.INSTANCE);
      }
    }

    @Override
    public void onGivenUp(SendResult why) {
      endBadly(why);
    }

    @Override
    public void onFailed(Status status, @Nullable Metadata trailers) {
      end(link.failed(used, status, trailers));
    }

    private void endBadly(SendResult result) {
      report.windowFailed(new CallFailure(result, false));
      end(result);
    }

    private void end(SendResult result) {
      leave(window);
      window.end(result);
      if (!(result instanceof Delivered)) {
        failed(result);
      }
      step();
    }
  }
}
