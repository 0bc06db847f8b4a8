package io.forebay.core.delivery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parcels that were sent once and are to be sent again, or pieces of such; some of them set aside,
 * to be sent beside the others. Short: as many as there are workers, the pieces of a bisection, and
 * a bounded number set aside. On the loop only.
 */
final class RetryList {

  /** The queue can neither drop what is read from it nor let it grow old. */
  private static final int MAX_FAILING = 16;

  /** Each may hold a frame of the queue in memory. */
  private static final int MAX_ASIDE = 64;

  private final List<Parcel> parcels = new ArrayList<>();
  private final boolean byNumber;

  /**
   * @param byNumber whether parcels are kept in the order of their numbers
   */
  RetryList(boolean byNumber) {
    this.byNumber = byNumber;
  }

  boolean isEmpty() {
    return parcels.isEmpty();
  }

  /** Those that are not set aside. */
  int size() {
    return parcels.size() - aside();
  }

  int aside() {
    int count = 0;
    for (int i = 0; i < parcels.size(); i++) {
      count += parcels.get(i).aside ? 1 : 0;
    }
    return count;
  }

  long asideItems() {
    long items = 0;
    for (int i = 0; i < parcels.size(); i++) {
      items += parcels.get(i).aside ? parcels.get(i).items() : 0;
    }
    return items;
  }

  /** Whether one more may fail, and wait here, before those that are here have been sent. */
  boolean takesMore(long maxBytes) {
    int waiting = size();
    return waiting < 2 || (waiting < MAX_FAILING && heldBytes(false) < maxBytes);
  }

  /** Whether there is room for one more aside. */
  boolean takesAside() {
    return aside() < MAX_ASIDE;
  }

  /**
   * Whether all else here waits for room aside: sent now it would fail again, and make the receiver
   * look ill before anything could be found out of what is aside already.
   *
   * @param underWay whether a request of what is aside is under way
   */
  boolean asideGoesFirst(boolean underWay, long now) {
    if (takesAside()) {
      return false;
    }
    Parcel next = nextAside();
    return underWay || (next != null && next.notBefore <= now);
  }

  /**
   * Whether the parcel may be cut in two because it keeps failing: never so often that nothing new
   * is tried.
   */
  boolean takesPiece(Parcel parcel) {
    return parcel.aside ? takesAside() : size() + 1 < MAX_FAILING;
  }

  /**
   * The memory that what is here holds: of the frames of the queue, where it comes from there.
   *
   * @param asideOnly whether only what is set aside counts
   */
  long heldBytes(boolean asideOnly) {
    Set<Owner> owners = Collections.newSetFromMap(new IdentityHashMap<>());
    long sum = 0;
    for (Parcel parcel : parcels) {
      for (Slice slice : asideOnly && !parcel.aside ? List.<Slice>of() : parcel.slices()) {
        if (owners.add(slice.owner())) {
          sum +=
              slice.owner() instanceof Owner.Leased leased
                  ? leased.lease().bytes().length
                  : slice.bytes();
        }
      }
    }
    return sum;
  }

  /** How many are one item that failed so often by itself. */
  int singles(int failures) {
    int count = 0;
    for (int i = 0; i < parcels.size(); i++) {
      Parcel parcel = parcels.get(i);
      count += parcel.items() == 1 && parcel.ownFailures >= failures ? 1 : 0;
    }
    return count;
  }

  @Nullable Parcel firstAside() {
    for (int i = 0; i < parcels.size(); i++) {
      if (parcels.get(i).aside) {
        return parcels.get(i);
      }
    }
    return null;
  }

  /** Those whose last failure came before the request and still has to be borne out. */
  List<Parcel> unwitnessed(long request) {
    List<Parcel> found = List.of();
    for (int i = 0; i < parcels.size(); i++) {
      Parcel parcel = parcels.get(i);
      if (parcel.unwitnessed && parcel.failedAt < request) {
        found = found.isEmpty() ? new ArrayList<>(2) : found;
        found.add(parcel);
      }
    }
    return found;
  }

  void addFirst(Parcel parcel) {
    int at = 0;
    while (byNumber
        && at < parcels.size()
        && parcels.get(at).firstSequence() < parcel.firstSequence()) {
      at++;
    }
    parcels.add(at, parcel);
  }

  /** As {@link #addFirst} where parcels are kept by number. */
  void addLast(Parcel parcel) {
    if (byNumber) {
      addFirst(parcel);
    } else {
      parcels.add(parcel);
    }
  }

  /** The highest number below {@code sequence} of the parcels here, or {@code least}. */
  long lastBelow(long sequence, long least) {
    long last = least;
    for (int i = 0; i < parcels.size(); i++) {
      if (parcels.get(i).firstSequence() < sequence) {
        last = Math.max(last, parcels.get(i).sequenceEnd() - 1);
      }
    }
    return last;
  }

  boolean hasMemory() {
    for (int i = 0; i < parcels.size(); i++) {
      if (!parcels.get(i).isLeased()) {
        return true;
      }
    }
    return false;
  }

  boolean hasLeased() {
    for (int i = 0; i < parcels.size(); i++) {
      if (parcels.get(i).isLeased()) {
        return true;
      }
    }
    return false;
  }

  /** The first that may be sent now; with {@code inOrder} only the very first. */
  @Nullable Parcel ready(long now, boolean inOrder) {
    for (int i = 0; i < parcels.size(); i++) {
      if (parcels.get(i).aside) {
        continue;
      }
      if (parcels.get(i).notBefore <= now) {
        return parcels.get(i);
      }
      if (inOrder) {
        break;
      }
    }
    return null;
  }

  /** When {@link #ready} will next find one, if it finds none now. */
  long readyAt(boolean inOrder) {
    long at = Mailbox.NEVER;
    for (int i = 0; i < (inOrder ? Math.min(1, parcels.size()) : parcels.size()); i++) {
      at = parcels.get(i).aside ? at : Math.min(at, parcels.get(i).notBefore);
    }
    return at;
  }

  /** Whether one that is not set aside waits since the receiver failed. */
  boolean hasFailed() {
    for (int i = 0; i < parcels.size(); i++) {
      if (!parcels.get(i).aside && parcels.get(i).failedAt != 0) {
        return true;
      }
    }
    return false;
  }

  /** The one set aside that was to be sent first; its time may not have come yet. */
  @Nullable Parcel nextAside() {
    Parcel next = null;
    for (int i = 0; i < parcels.size(); i++) {
      Parcel parcel = parcels.get(i);
      if (parcel.aside && (next == null || parcel.notBefore < next.notBefore)) {
        next = parcel;
      }
    }
    return next;
  }

  /** Takes the parcel out and leaves its rest, if there is one, in its place. */
  void replace(Parcel parcel, @Nullable Parcel rest) {
    int at = parcels.indexOf(parcel);
    if (rest == null) {
      parcels.remove(at);
    } else {
      parcels.set(at, rest);
    }
  }

  /** Takes out, in order, those that are in memory only. */
  void takeMemory(Consumer<Parcel> taker) {
    take(false, taker);
  }

  /** Takes out, in order, those that are leased from the queue. */
  void takeLeased(Consumer<Parcel> taker) {
    take(true, taker);
  }

  private void take(boolean leased, Consumer<Parcel> taker) {
    for (Iterator<Parcel> all = parcels.iterator(); all.hasNext(); ) {
      Parcel parcel = all.next();
      if (parcel.isLeased() == leased) {
        all.remove();
        taker.accept(parcel);
      }
    }
  }
}
