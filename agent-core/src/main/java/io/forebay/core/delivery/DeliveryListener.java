package io.forebay.core.delivery;

import io.forebay.core.component.SendResult;

/**
 * Told of what happens in one destination's delivery. Called on the delivery's own thread or the
 * queue's; must be quick and never throws. Levels (bytes, states, ages) are asked of {@link
 * DeliverySnapshot} instead.
 */
public interface DeliveryListener {

  DeliveryListener NONE = new DeliveryListener() {};

  /** A request ended. */
  default void onRequest(SendResult result, long items, long bytes, long nanos) {}

  /**
   * Items were given up. {@code reason} is a fixed word in snake case such as {@code
   * overflow_newest}.
   */
  default void onDropped(String reason, long items, long bytes) {}

  /** Items went to the dead letters. */
  default void onDeadLettered(long items, long bytes) {}

  /** A request will be sent again. */
  default void onRetry(long items) {}

  /** The state changed; called once a transition. */
  default void onTransition(DeliveryState from, DeliveryState to, String why) {}

  /** A sync of a data file of the queue took this long. */
  default void onSynced(long nanos) {}
}
