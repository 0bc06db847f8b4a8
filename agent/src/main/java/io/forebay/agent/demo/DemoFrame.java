package io.forebay.agent.demo;

import org.jspecify.annotations.Nullable;

/**
 * One moment of the demo.
 *
 * @param seconds since the start
 * @param caption what the script is doing, for people
 * @param receiverOn whether the receiver answers
 * @param state of the destination, such as {@code DRAINING}
 * @param why what troubles the destination, or null
 * @param inPerSecond items taken over a second
 * @param outPerSecond items delivered a second
 * @param received items taken over so far
 * @param delivered items delivered so far
 * @param bufferedItems in memory and on disk
 * @param bufferedBytes in memory and on disk
 * @param secondsToDrain at the present rate; negative when nothing drains
 */
record DemoFrame(
    double seconds,
    String caption,
    boolean receiverOn,
    String state,
    @Nullable String why,
    double inPerSecond,
    double outPerSecond,
    long received,
    long delivered,
    long bufferedItems,
    long bufferedBytes,
    double secondsToDrain) {}
