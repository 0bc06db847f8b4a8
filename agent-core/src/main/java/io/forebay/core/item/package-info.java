/**
 * What flows: {@link io.forebay.core.item.Item items}, grouped in {@link io.forebay.core.item.Batch
 * batches}, with an {@link io.forebay.core.item.Acknowledgement} that tells the source when they
 * are safe. The one encoding (a JSON line an item) lives here as well. Nothing here knows of nodes,
 * configuration or Reactor.
 */
@NullMarked
package io.forebay.core.item;

import org.jspecify.annotations.NullMarked;
