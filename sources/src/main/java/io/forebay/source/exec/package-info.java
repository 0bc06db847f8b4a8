/**
 * {@code exec_input}: the lines that a command prints, run at an interval or kept running. The
 * command is a child process; it and its own children end with the node.
 */
@NullMarked
package io.forebay.source.exec;

import org.jspecify.annotations.NullMarked;
