/**
 * The agent's own meters: an enum that lists every meter, and the bindings of the listener
 * interfaces of the packages above to Micrometer.
 */
@NullMarked
package io.forebay.core.telemetry;

import org.jspecify.annotations.NullMarked;
