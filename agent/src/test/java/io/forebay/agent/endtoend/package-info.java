/**
 * Whole-process tests: the agent runs in a JVM of its own, started by the launcher as a user would;
 * sockets and files are real, and a receiver records every sequence number that arrives.
 */
@NullMarked
package io.forebay.agent.endtoend;

import org.jspecify.annotations.NullMarked;
