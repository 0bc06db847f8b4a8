package io.forebay.core.item;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Tells a source, once, how its batch ended. Counted: it begins with one share; whoever hands a
 * batch to several takers calls {@link #retain}, and every taker ends its share with {@link
 * #complete} or {@link #fail}. The source hears after the last share has ended.
 *
 * <p>A share is completed once its destination has delivered the items, made them durable in its
 * queue, or recorded them as dropped with the reason. It is failed when the agent stops, or its
 * node fails, before any of these: a source that can replay does so, a client that waits is told to
 * try again. A share that is never ended keeps the source waiting.
 *
 * <p>Whoever keeps items longer than their share copies their bytes: a source may write over them
 * once the last share has ended well.
 *
 * <p>Thread safe. The outcome is reported on the thread that ends the last share, so {@link
 * Outcome} must be quick.
 */
public final class Acknowledgement {

  /** How a source hears. Called exactly once. */
  @FunctionalInterface
  public interface Outcome {
    /**
     * @param safe true when every item was delivered, made durable or recorded as dropped; false
     *     when the source should offer the batch again
     */
    void ended(boolean safe);
  }

  private static final AtomicIntegerFieldUpdater<Acknowledgement> SHARES =
      AtomicIntegerFieldUpdater.newUpdater(Acknowledgement.class, "shares");

  private final Outcome outcome;
  private final boolean awaited;
  private final @Nullable Runnable recycle;

  @SuppressWarnings("UnusedVariable") // through SHARES
  private volatile int shares = 1;

  private volatile boolean failed;
  private volatile boolean bytesInUse;

  private Acknowledgement(Outcome outcome, boolean awaited, @Nullable Runnable recycle) {
    this.outcome = outcome;
    this.awaited = awaited;
    this.recycle = recycle;
  }

  /** Nobody wants to know: for a source that cannot replay. Each call gives one of its own. */
  public static Acknowledgement ignored() {
    return new Acknowledgement(safe -> {}, false, null);
  }

  /** The source moves a cursor when it hears, and goes on reading meanwhile. */
  public static Acknowledgement of(Outcome outcome) {
    return new Acknowledgement(outcome, false, null);
  }

  /**
   * As {@link #of}, for a source that writes the next items over the bytes of these.
   *
   * @param recycle runs after the outcome, and only when it was good and nobody has {@linkplain
   *     #keepBytes kept} the bytes: then nobody reads them any more
   */
  public static Acknowledgement recycling(Outcome outcome, Runnable recycle) {
    return new Acknowledgement(outcome, false, recycle);
  }

  /**
   * Somebody waits for the answer (a client for its response): batches that hold such a share are
   * not lingered.
   */
  public static Acknowledgement awaited(Outcome outcome) {
    return new Acknowledgement(outcome, true, null);
  }

  /** As {@link #awaited(Outcome)} and {@link #recycling} in one. */
  public static Acknowledgement awaited(Outcome outcome, Runnable recycle) {
    return new Acknowledgement(outcome, true, recycle);
  }

  /** Whether somebody waits for the answer, so that an idle worker should send at once. */
  public boolean isAwaited() {
    return awaited;
  }

  /**
   * Adds shares.
   *
   * @throws IllegalStateException when the last share has ended already
   */
  public void retain(int more) {
    if (more < 0) {
      throw new IllegalArgumentException("more is negative: " + more);
    }
    int before = SHARES.getAndAdd(this, more);
    if (before <= 0) {
      throw new IllegalStateException("retained after its end");
    }
  }

  /**
   * Says that the items' bytes may be read even after the last share has ended: by an attempt to
   * send that was given up and may not have noticed yet. To be called before the share ends.
   */
  public void keepBytes() {
    bytesInUse = true;
  }

  /** Ends one share well. */
  public void complete() {
    end(1);
  }

  /** Ends one share badly: the whole batch counts as failed once the other shares have ended. */
  public void fail() {
    failed = true;
    end(1);
  }

  private void end(int count) {
    int left = SHARES.addAndGet(this, -count);
    if (left == 0) {
      outcome.ended(!failed);
      if (recycle != null && !failed && !bytesInUse) {
        recycle.run();
      }
    } else if (left < 0) {
      throw new IllegalStateException("ended more shares than there were");
    }
  }
}
