/** Where the process begins: {@code main}, and the agent as one thing that starts and stops. */
@NullMarked
package io.forebay.agent;

import org.jspecify.annotations.NullMarked;
