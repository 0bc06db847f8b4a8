/**
 * The agent as one thing that starts and stops: a pipeline with its admin server, its data
 * directory and the signals that end it.
 */
@NullMarked
package io.forebay.agent.process;

import org.jspecify.annotations.NullMarked;
