package io.forebay.core.runtime;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.telemetry.NodeTelemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Takes what a node emits and hands each batch to every link of its exit, with a share of the
 * acknowledgement each. Asks the node for no more than the fullest link has room for, so that the
 * slowest taker governs.
 *
 * <p>Items for an exit without links are counted as dropped, {@code filtered} at a named exit and
 * {@code unrouted} at the ordinary one, and their share is completed.
 */
final class Outlets implements CoreSubscriber<Batch> {

  /** Why items are dropped at the ordinary exit. */
  static final String UNROUTED = "unrouted";

  /** Why items are dropped at a named exit. */
  static final String FILTERED = "filtered";

  private static final int CLOSED = Integer.MIN_VALUE;

  private final NodeTelemetry node;
  private final @Nullable Inlet inlet;
  private final Map<String, List<Link>> byPath = new HashMap<>();
  private final List<Link> links = new ArrayList<>();

  private final AtomicInteger replenishes = new AtomicInteger();
  // Batches asked for that have not come yet.
  private final AtomicInteger awaited = new AtomicInteger();
  // Number of emissions under way; negative once closed. Links are closed after the last emission.
  private final AtomicInteger emissions = new AtomicInteger();
  private final AtomicBoolean linksClosed = new AtomicBoolean();
  private volatile @Nullable Subscription upstream;

  /**
   * @param inlet where the node takes its batches from; null for a source
   */
  Outlets(NodeTelemetry node, @Nullable Inlet inlet) {
    this.node = node;
    this.inlet = inlet;
  }

  String nodeName() {
    return node.name();
  }

  List<Link> links() {
    return links;
  }

  /** Adds a link; before anything flows. */
  void connect(String path, Inlet to) {
    Link link = new Link(this, path, to);
    byPath.computeIfAbsent(path, p -> new ArrayList<>()).add(link);
    links.add(link);
    to.linkOpened();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    upstream = subscription;
    if (emissions.get() < 0) {
      subscription.cancel();
    } else {
      replenish();
    }
  }

  /** Asks for as many more batches as all links have room for. */
  void replenish() {
    if (replenishes.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      Subscription from = upstream;
      if (from != null) {
        // Read before the links: a batch that comes meanwhile then asks for too few, never too
        // many, and asks again itself.
        int coming = awaited.get();
        int more = room() - coming;
        if (more > 0) {
          awaited.addAndGet(more);
          from.request(more);
        }
      }
      missed = replenishes.addAndGet(-missed);
    } while (missed != 0);
  }

  /** Whether a taker has no room, so that the node may have to wait with what it has. */
  boolean isHeldUp() {
    return room() <= 0;
  }

  private int room() {
    int room = Link.CAPACITY;
    for (int i = 0; i < links.size(); i++) {
      room = Math.min(room, links.get(i).free());
    }
    return room;
  }

  @Override
  public void onNext(Batch batch) {
    try {
      if (emissions.getAndIncrement() < 0) {
        batch.acknowledgement().fail();
      } else {
        route(batch);
      }
    } finally {
      awaited.decrementAndGet();
      if (emissions.decrementAndGet() == CLOSED) {
        closeLinks();
      }
    }
    replenish();
  }

  private void route(Batch batch) {
    Acknowledgement share = batch.acknowledgement();
    long bytes = weigh(batch);
    if (inlet == null) {
      node.onRead(batch.size(), bytes);
    } else {
      inlet.inHand().released(share);
    }
    if (batch.isEmpty()) {
      share.complete();
      return;
    }
    List<Link> takers = byPath.get(batch.path());
    if (takers == null) {
      boolean ordinary = batch.path().equals(Batch.DEFAULT_PATH);
      node.onDropped(ordinary ? UNROUTED : FILTERED, batch.size(), bytes);
      share.complete();
      return;
    }
    node.onWritten(batch.size(), bytes);
    share.retain(takers.size() - 1);
    Batch carried =
        batch.path().equals(Batch.DEFAULT_PATH) ? batch : batch.withPath(Batch.DEFAULT_PATH);
    for (int i = 0; i < takers.size(); i++) {
      takers.get(i).carry(carried, bytes);
    }
  }

  /** The weight that came in, where the items were handed on as they were. */
  @SuppressWarnings("ReferenceEquality") // the same list is certainly the same items
  private long weigh(Batch batch) {
    Parcel came = inlet == null ? null : inlet.inHand().get();
    return came != null && came.batch().items() == batch.items() ? came.bytes() : batch.weight();
  }

  @Override
  public void onError(Throwable failure) {
    // Recovery stands before this and never gives up.
    throw new IllegalStateException("node " + nodeName() + " ended with a failure", failure);
  }

  /** The node has ended by itself. */
  @Override
  public void onComplete() {
    close();
  }

  /** Stops the node: cancels it, and closes the links once what it is emitting has passed. */
  void cancel() {
    boolean idle = markClosed();
    Subscription from = upstream;
    if (from != null) {
      from.cancel();
    }
    if (idle) {
      closeLinks();
    }
  }

  private void close() {
    if (markClosed()) {
      closeLinks();
    }
  }

  /** What comes from now on is refused; true when nothing is being emitted. */
  private boolean markClosed() {
    return (emissions.getAndUpdate(count -> count | CLOSED) & ~CLOSED) == 0;
  }

  private void closeLinks() {
    if (linksClosed.compareAndSet(false, true)) {
      links.forEach(Link::close);
    }
  }
}
