package io.forebay.core.item;

import java.util.List;

/**
 * Items that travel together, with one {@link Acknowledgement} share for all of them. What flows
 * through Reactor operators: the cost of an operator is paid once a batch.
 *
 * <p>Whoever receives a batch owns its share and must end it, or hand it on with another batch,
 * exactly once.
 *
 * @param items in the order of arrival; must not change any more. May be empty after a filter, and
 *     then still carries its share
 * @param acknowledgement the share
 * @param path the exit of the node that emitted it, {@link #DEFAULT_PATH} for the ordinary one
 */
public record Batch(List<Item> items, Acknowledgement acknowledgement, String path) {

  /** The exit of a node that has only one. */
  public static final String DEFAULT_PATH = "";

  public static Batch of(List<Item> items, Acknowledgement acknowledgement) {
    return new Batch(items, acknowledgement, DEFAULT_PATH);
  }

  public int size() {
    return items.size();
  }

  public boolean isEmpty() {
    return items.isEmpty();
  }

  /**
   * Sum of the items' {@linkplain Item#weight weights} in bytes. Walks the items: ask once, keep
   * the answer.
   */
  public long weight() {
    long sum = 0;
    for (int i = 0; i < items.size(); i++) {
      sum += items.get(i).weight();
    }
    return sum;
  }

  /** The same share with other items. */
  public Batch withItems(List<Item> newItems) {
    return new Batch(newItems, acknowledgement, path);
  }

  /** The same share at another exit. */
  public Batch withPath(String newPath) {
    return new Batch(items, acknowledgement, newPath);
  }
}
