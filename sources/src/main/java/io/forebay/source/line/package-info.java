/** Cuts bytes that arrive in chunks into lines, for every source that reads lines. */
@NullMarked
package io.forebay.source.line;

import org.jspecify.annotations.NullMarked;
