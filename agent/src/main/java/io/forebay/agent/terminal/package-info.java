/** What a terminal can show: colours, and nothing else so far. */
@NullMarked
package io.forebay.agent.terminal;

import org.jspecify.annotations.NullMarked;
