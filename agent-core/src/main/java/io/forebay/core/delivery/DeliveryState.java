package io.forebay.core.delivery;

/** What a destination's delivery is doing, as shown in metrics, status and log. */
public enum DeliveryState {
  /**
   * No backlog, but for what is held back; new data goes straight out (in mode {@code always}: the
   * queue is empty or keeps up).
   */
  DIRECT,
  /** New data goes to disk, because the destination fails or is slow. */
  SPILLING,
  /** The destination is well and the backlog goes out. */
  DRAINING,
  /** The destination refuses us, not the data; everything is kept and the destination is probed. */
  PAUSED
}
