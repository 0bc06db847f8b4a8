/**
 * The admin server: metrics, health and status over HTTP. Reads the agent, never changes it. Knows
 * nothing of the command line.
 */
@NullMarked
package io.forebay.agent.admin;

import org.jspecify.annotations.NullMarked;
