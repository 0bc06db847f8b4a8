package io.forebay.agent.demo;

import java.time.Duration;

/**
 * What happens when. All times are counted from the start.
 *
 * @param downAt when the receiver goes down
 * @param upAt when it comes back
 * @param generateUntil when the last item is made
 * @param giveUpAt when the demo ends although not everything has arrived
 * @param eventsPerSecond of the generator
 * @param linesPerSecond of the tailed file
 */
public record DemoScript(
    Duration downAt,
    Duration upAt,
    Duration generateUntil,
    Duration giveUpAt,
    int eventsPerSecond,
    int linesPerSecond) {

  /** Ten seconds of outage, under a minute in all. */
  public static final DemoScript STANDARD =
      new DemoScript(
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofSeconds(20),
          Duration.ofSeconds(50),
          200,
          100);

  boolean isReceiverDown(Duration elapsed) {
    return elapsed.compareTo(downAt) >= 0 && elapsed.compareTo(upAt) < 0;
  }

  /** Lines that the file should hold by now. */
  long linesBy(Duration elapsed) {
    Duration counted = elapsed.compareTo(generateUntil) < 0 ? elapsed : generateUntil;
    return counted.toMillis() * linesPerSecond / 1000;
  }

  /** Items that the generator makes in all. */
  long events() {
    return generateUntil.toMillis() * eventsPerSecond / 1000;
  }

  /** Items of both sources. */
  long items() {
    return events() + linesBy(generateUntil);
  }

  String caption(Duration elapsed, boolean draining) {
    if (elapsed.compareTo(downAt) < 0) {
      return "all is well; the receiver goes down in " + seconds(elapsed, downAt);
    }
    if (isReceiverDown(elapsed)) {
      return "the receiver is down, back in " + seconds(elapsed, upAt) + "; data goes to disk";
    }
    if (draining) {
      return "the receiver is back; the backlog drains beside new data";
    }
    return elapsed.compareTo(generateUntil) < 0
        ? "all is well again; the sources end in " + seconds(elapsed, generateUntil)
        : "the sources have ended; waiting for the last items";
  }

  private static String seconds(Duration from, Duration to) {
    return to.minus(from).toSeconds() + 1 + " s";
  }
}
