/** What a terminal can show: colours, amounts that people can read, how far a task is. */
@NullMarked
package io.forebay.agent.terminal;

import org.jspecify.annotations.NullMarked;
