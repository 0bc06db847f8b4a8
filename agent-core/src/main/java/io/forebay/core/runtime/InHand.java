package io.forebay.core.runtime;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The batch that a node was given last, for as long as nothing of its share has come out again: so
 * that its share is ended, once, when the node fails on it or is stopped. Thread safe.
 *
 * <p>Reactor's operators discard what they hold when they are cancelled, but also the batch that
 * they fail on, just before they tell of the failure. The discard alone does not say which it was,
 * so the first discard of this share is kept until the failure, the next batch or the end of the
 * node decides. What else of a share is discarded after the node failed on it was dropped with it.
 */
final class InHand {

  private final LongConsumer returned;
  private final AtomicReference<@Nullable Parcel> given = new AtomicReference<>();
  private final AtomicReference<@Nullable Parcel> discarded = new AtomicReference<>();
  private volatile @Nullable Acknowledgement dropped;
  private volatile boolean abandoned;

  /**
   * @param returned told of items that go back to their source
   */
  InHand(LongConsumer returned) {
    this.returned = returned;
  }

  /** The node is given a batch, and has not failed on the one before. */
  void give(Parcel parcel) {
    failDiscarded();
    dropped = null;
    given.set(parcel);
  }

  @Nullable Parcel get() {
    return given.get();
  }

  /** The node has emitted a batch of this share. */
  void released(Acknowledgement share) {
    Parcel parcel = given.get();
    if (parcel != null && parcel.batch().acknowledgement() == share) {
      given.compareAndSet(parcel, null);
    }
  }

  /** An operator of the node has let go of a batch without emitting it: its share is ended. */
  void discarded(Batch batch) {
    Acknowledgement share = batch.acknowledgement();
    if (share == dropped) {
      share.complete();
      return;
    }
    Parcel parcel = given.get();
    if (parcel == null
        || parcel.batch().acknowledgement() != share
        || !given.compareAndSet(parcel, null)) {
      returned.accept(batch.size());
      share.fail();
      return;
    }
    discarded.set(parcel);
    if (abandoned) {
      failDiscarded();
    }
  }

  /**
   * The batch that the node failed on and that is dropped therefore: one share of it is now the
   * caller's. Null without one.
   */
  @Nullable Parcel drop() {
    Parcel kept = discarded.getAndSet(null);
    Parcel parcel = kept == null ? given.getAndSet(null) : kept;
    if (parcel != null) {
      dropped = parcel.batch().acknowledgement();
    }
    return parcel;
  }

  /** No failure is asked about any more. */
  void abandon() {
    abandoned = true;
    failDiscarded();
  }

  private void failDiscarded() {
    if (discarded.get() != null) {
      Parcel parcel = discarded.getAndSet(null);
      if (parcel != null) {
        returned.accept(parcel.batch().size());
        parcel.batch().acknowledgement().fail();
      }
    }
  }
}
