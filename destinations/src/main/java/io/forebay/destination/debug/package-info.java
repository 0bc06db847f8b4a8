/** {@code ed_debug_output}: items as JSON lines on standard output. */
@NullMarked
package io.forebay.destination.debug;

import org.jspecify.annotations.NullMarked;
