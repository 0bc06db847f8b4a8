/** {@code stdin_input}: the lines of the agent's standard input. */
@NullMarked
package io.forebay.source.stdin;

import org.jspecify.annotations.NullMarked;
