package io.forebay.queue;

/**
 * Up to which number none is given anew after a crash, and what of it the owner asked for. Safe
 * from any thread.
 */
final class Reservation {

  private long sequence;
  private long byOwner;

  Reservation(long sequence) {
    this.sequence = sequence;
  }

  /** Numbers below it are not given anew. */
  synchronized long sequence() {
    return sequence;
  }

  /** Numbers below {@code below} are not given anew, nor those of the owner. */
  synchronized void reserve(long below) {
    sequence = Math.max(below, byOwner);
  }

  /** The owner names things by numbers below {@code below}. */
  synchronized void reserveForOwner(long below) {
    byOwner = Math.max(byOwner, below);
    sequence = Math.max(sequence, below);
  }

  /** The owner has used no number from {@code below} on. */
  synchronized void endForOwner(long below) {
    byOwner = Math.min(byOwner, below);
  }
}
