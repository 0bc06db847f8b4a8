package io.forebay.core.delivery;

import io.forebay.core.component.Numbering;
import io.forebay.core.delivery.Owner.Share;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes out in one request, or to disk in one append: slices that are all in memory only, or
 * all leased from the queue.
 */
final class Parcel {

  private final List<Slice> slices;
  private final int items;
  private final long bytes;

  /** Requests that were made with these items; pieces of a parcel inherit it. */
  int attempts;

  /** When it may be sent again, by the scheduler's clock. */
  long notBefore = Long.MIN_VALUE;

  /** Requests of these items that failed between successes of others. */
  int lonelyFailures;

  /** Requests of just these items that failed. */
  int ownFailures;

  /** Requests of just these items that failed while the receiver was well, borne out or not. */
  int failuresWhileWell;

  /** Whether it waits and is sent beside all others, since its failures are its own. */
  boolean aside;

  /** Whether it is a piece of one that is bisected to find the item that fails. */
  boolean isolating;

  /** Whether its last failure has to be borne out by a success of another request. */
  boolean unwitnessed;

  /** Whether one that had failed before failed since: then its own failure is not counted. */
  boolean contested;

  /** Whether one of its requests was counted in the share of those that fail. */
  boolean sampled;

  /** Number of the last request that had begun when it failed; 0 while it has not. */
  long failedAt;

  /** Why its last request failed. */
  String lastFailure = "";

  /** Whether its request under way has the slot of those that are set aside. */
  boolean inOwnSlot;

  /** The numbers of the items in its request under way, where the destination wants them. */
  @Nullable Numbering numbering;

  /** Number of its request under way. */
  long request;

  Parcel(List<Slice> slices) {
    this.slices = slices;
    int count = 0;
    long sum = 0;
    for (int i = 0; i < slices.size(); i++) {
      count += slices.get(i).count();
      sum += slices.get(i).bytes();
    }
    this.items = count;
    this.bytes = sum;
  }

  List<Slice> slices() {
    return slices;
  }

  int items() {
    return items;
  }

  /** Number of the first item; {@link Slice#UNNUMBERED} where the destination wants none. */
  long firstSequence() {
    return slices.get(0).sequence();
  }

  /** The number after that of the last item. */
  long sequenceEnd() {
    return slices.get(slices.size() - 1).sequenceEnd();
  }

  /** Number of the last item. */
  long lastSequence() {
    return sequenceEnd() - 1;
  }

  /** For people: how many items, and their numbers where they have some. */
  String name() {
    String what = items == 1 ? "1 item" : items + " items";
    long first = firstSequence();
    if (first == Slice.UNNUMBERED) {
      return what;
    }
    return what + " of sequence " + (items == 1 ? first : first + " to " + lastSequence());
  }

  long bytes() {
    return bytes;
  }

  /** Whether its items are on disk. */
  boolean isLeased() {
    return slices.get(0).owner() instanceof Owner.Leased;
  }

  @Nullable Item onlyItem() {
    Slice first = slices.get(0);
    return items == 1 ? first.items().get(first.from()) : null;
  }

  /** The items in order, without copying where they are of one owner. */
  List<Item> toItems() {
    if (slices.size() == 1) {
      Slice only = slices.get(0);
      return only.count() == only.items().size()
          ? only.items()
          : only.items().subList(only.from(), only.to());
    }
    List<Item> all = new ArrayList<>(items);
    for (int s = 0; s < slices.size(); s++) {
      Slice slice = slices.get(s);
      for (int i = slice.from(); i < slice.to(); i++) {
        all.add(slice.items().get(i));
      }
    }
    return all;
  }

  /** An attempt to send was given up, and may still read the items' bytes. From any thread. */
  void keepBytes() {
    for (int s = 0; s < slices.size(); s++) {
      Share share = slices.get(s).owner().share();
      if (share != null) {
        share.keepBytes();
      }
    }
  }

  Batch toBatch() {
    return Batch.of(toItems(), Acknowledgement.ignored());
  }

  /** The first {@code count} items; {@code 0 < count < items()}. */
  Parcel first(int count) {
    return piece(0, count);
  }

  /** All but the first {@code count} items; {@code 0 < count < items()}. */
  Parcel rest(int count) {
    return piece(count, items);
  }

  private Parcel piece(int from, int to) {
    List<Slice> kept = new ArrayList<>(2);
    int at = 0;
    for (int s = 0; s < slices.size() && at < to; s++) {
      Slice slice = slices.get(s);
      int end = at + slice.count();
      if (end > from) {
        kept.add(cut(slice, Math.max(from - at, 0), Math.min(to, end) - at));
      }
      at = end;
    }
    Parcel piece = new Parcel(kept);
    piece.attempts = attempts;
    // What failed in company has proven nothing against a single item.
    boolean single = piece.items == 1 && items > 1;
    piece.lonelyFailures = single ? 0 : lonelyFailures;
    piece.aside = aside;
    piece.isolating = isolating;
    piece.unwitnessed = unwitnessed && !single;
    piece.contested = contested;
    piece.sampled = sampled;
    piece.failedAt = failedAt;
    piece.lastFailure = lastFailure;
    return piece;
  }

  private static Slice cut(Slice slice, int from, int to) {
    Slice cut = slice;
    if (to < slice.count()) {
      cut = cut.head(to, cut.weightOfFirst(to));
    }
    return from > 0 ? cut.tail(from, cut.weightOfFirst(from)) : cut;
  }
}
