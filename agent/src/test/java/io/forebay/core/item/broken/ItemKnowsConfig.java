package io.forebay.core.item.broken;

import io.forebay.core.config.DataSize;

/** Breaks an architecture rule on purpose: the rule's own test. */
public final class ItemKnowsConfig {
  public DataSize size = DataSize.ofBytes(1);
}
