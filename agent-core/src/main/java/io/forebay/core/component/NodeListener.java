package io.forebay.core.component;

import java.time.Instant;

/**
 * Told by a node of what an operator should see. Thread safe, quick, never throws. What passes
 * between nodes is counted by the runtime; a node reports only what nobody else can see.
 */
public interface NodeListener {

  NodeListener NONE = new NodeListener() {};

  /**
   * Items, or what would have become items, ended here.
   *
   * @param reason a fixed word in snake case, such as {@code filtered} or {@code line_too_long}
   */
  default void onDropped(String reason, long items, long bytes) {}

  /**
   * A processor made items beside those that it took in, such as copies or sums; it tells before it
   * emits them. What it takes in and does not emit it tells by {@link #onDropped}: it must not keep
   * items for longer than ten seconds while its exits have room, or they count as lost.
   */
  default void onCreated(long items) {}

  /**
   * Something happened that is worth a count but lost no item, such as {@code line_cut} or {@code
   * unauthorized}.
   *
   * @param event a fixed word in snake case
   */
  default void onEvent(String event, long count) {}

  /**
   * The node works only in part or not at all; shown by health until {@link #onHealthy}. {@code
   * why} is for people.
   */
  default void onUnhealthy(String why) {}

  default void onHealthy() {}

  /**
   * The node shows this certificate to others from now on: its own, in place of the one before.
   *
   * @param notAfter when the first certificate of its chain to expire does so
   */
  default void onCertificate(Instant notAfter) {}

  /** The node gives this id to others as the agent's. */
  default void onAgentId(String id) {}
}
