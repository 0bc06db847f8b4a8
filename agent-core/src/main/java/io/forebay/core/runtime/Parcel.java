package io.forebay.core.runtime;

import io.forebay.core.item.Batch;

/**
 * A batch on its way along a link.
 *
 * @param bytes the batch's weight, asked once and carried on
 * @param link where it waits
 */
record Parcel(Batch batch, long bytes, Link link) {}
