/** The command line: one class a command. What a command does beyond printing lives elsewhere. */
@NullMarked
package io.forebay.agent.command;

import org.jspecify.annotations.NullMarked;
