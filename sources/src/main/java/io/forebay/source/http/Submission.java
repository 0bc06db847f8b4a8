package io.forebay.source.http;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import io.forebay.source.net.BatchIntake;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The items of one request on their way: offered to the subscriber, then acknowledged or not. Ends
 * once, on the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
final class Submission {

  // How long a client is kept waiting for demand before it is told to come back.
  private static final long DEMAND_WAIT_MILLIS = 1000;

  // A large request travels in several batches, so that the stages behind work in small steps.
  private static final int MAX_BATCH_ITEMS = 8192;
  private static final int MAX_BATCH_BYTES = 1 << 20;

  private static final String NO_DEMAND = "the pipeline takes no more at the moment";

  private final List<Item> items;
  private final MemoryLease lease;
  private final EventLoop loop;
  private final WaitingRequests underWay;
  private final MonoSink<Integer> answer;
  private final long sinceNanos = System.nanoTime();
  private volatile BatchIntake.@Nullable Offer offer;
  private boolean answered; // on the loop only

  private Submission(
      List<Item> items,
      MemoryLease lease,
      EventLoop loop,
      WaitingRequests underWay,
      MonoSink<Integer> answer) {
    this.items = items;
    this.lease = lease;
    this.loop = loop;
    this.underWay = underWay;
    this.answer = answer;
  }

  /**
   * Offers the items on subscription and emits their number once they are acknowledged. Fails with
   * a {@link Refusal} when nobody demands them in time (429) or they are not acknowledged (503), in
   * time or at all. Cancelling withdraws what nobody has taken yet.
   *
   * @param lease handed over to the acknowledgement
   * @param underWay holds the submission until it ends
   */
  static Mono<Integer> of(
      List<Item> items,
      MemoryLease lease,
      BatchIntake intake,
      EventLoop loop,
      WaitingRequests underWay) {
    return Mono.create(
        answer -> {
          if (lease.handOver()) {
            new Submission(items, lease, loop, underWay, answer).start(intake);
          }
        });
  }

  /** Answers now that there was no acknowledgement, whatever comes later. */
  void expire() {
    loop.execute(() -> refuse(Refusal.stopping()));
  }

  /**
   * The same where the client has waited for longer than this; the items go their way nevertheless,
   * and keep their memory until they are acknowledged.
   */
  void expireAfter(long nanos) {
    if (System.nanoTime() - sinceNanos <= nanos) {
      return;
    }
    if (withdraw()) {
      loop.execute(() -> refuse(Refusal.busy(NO_DEMAND)));
    } else if (underWay.remove(this)) {
      loop.execute(() -> refuse(Refusal.late()));
    }
  }

  private void refuse(Refusal refusal) {
    if (!answered) {
      answered = true;
      answer.error(refusal);
    }
  }

  private void start(BatchIntake intake) {
    underWay.add(this);
    answer.onCancel(this::withdraw);
    BatchIntake.Offer made = intake.offer(batches(), () -> {});
    offer = made;
    if (made.isWaiting()) {
      loop.schedule(this::giveUp, DEMAND_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void giveUp() {
    if (withdraw()) {
      refuse(Refusal.busy(NO_DEMAND));
    }
  }

  private boolean withdraw() {
    BatchIntake.Offer made = offer;
    boolean withdrawn = made != null && made.withdraw();
    if (withdrawn) {
      underWay.remove(this);
      lease.close();
    }
    return withdrawn;
  }

  private void acknowledged(boolean safe) {
    underWay.remove(this);
    lease.close();
    // The thread that acknowledges has other work than to answer clients.
    loop.execute(
        () -> {
          if (!safe) {
            refuse(Refusal.stopping());
          } else if (!answered) {
            answered = true;
            answer.success(items.size());
          }
        });
  }

  private List<Batch> batches() {
    Acknowledgement share = Acknowledgement.awaited(this::acknowledged, lease::recycle);
    List<Batch> batches = new ArrayList<>(1);
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < items.size(); i++) {
      bytes += items.get(i).weight();
      boolean full = bytes >= MAX_BATCH_BYTES || i + 1 - from == MAX_BATCH_ITEMS;
      if (full || i + 1 == items.size()) {
        batches.add(Batch.of(items.subList(from, i + 1), share));
        from = i + 1;
        bytes = 0;
      }
    }
    share.retain(batches.size() - 1);
    return batches;
  }
}
