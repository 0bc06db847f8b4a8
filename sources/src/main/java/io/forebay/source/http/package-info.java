/**
 * {@code http_input}: telemetry that clients post over HTTP. A request is answered 200 once its
 * items are acknowledged, that is delivered or durable.
 */
@NullMarked
package io.forebay.source.http;

import org.jspecify.annotations.NullMarked;
