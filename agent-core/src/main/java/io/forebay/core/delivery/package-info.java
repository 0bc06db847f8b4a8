/**
 * At-least-once delivery to one destination: batcher, workers, retry, circuit breaker, the modes of
 * the persistent queue, drain, dead letters.
 */
@NullMarked
package io.forebay.core.delivery;

import org.jspecify.annotations.NullMarked;
