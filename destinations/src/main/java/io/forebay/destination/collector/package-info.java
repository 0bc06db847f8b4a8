/**
 * {@code collector_output}: batches as numbered windows over gRPC, so that a receiver takes none
 * twice and a sender goes on where the receiver stands. The wire is {@code
 * forebay/collector/v1/collector.proto}; what its parts do together is in {@code
 * docs/COLLECTOR-PROTOCOL.md}.
 */
@NullMarked
package io.forebay.destination.collector;

import org.jspecify.annotations.NullMarked;
