/**
 * {@code http_output}: batches as the bodies of HTTP requests. What the answer of a receiver means
 * is decided in {@link io.forebay.destination.http.HttpOutcome} and nowhere else.
 */
@NullMarked
package io.forebay.destination.http;

import org.jspecify.annotations.NullMarked;
