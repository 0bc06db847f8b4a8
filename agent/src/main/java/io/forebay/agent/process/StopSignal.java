package io.forebay.agent.process;

/**
 * A signal that asks the process to stop.
 *
 * @param name without the leading SIG
 * @param number as the system counts them
 */
public record StopSignal(String name, int number) {}
