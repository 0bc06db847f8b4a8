/** {@code void_output}: discards what it is given, for trying a pipeline out. */
@NullMarked
package io.forebay.destination.discard;

import org.jspecify.annotations.NullMarked;
