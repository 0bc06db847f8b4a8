package io.forebay.core.delivery;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of items that go to the dead letters since they kept failing: at once of the first,
 * and then at most once a minute, of all since the last line. On the loop only.
 */
final class PoisonLog {

  private static final Logger log = LoggerFactory.getLogger(PoisonLog.class);
  private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

  private final String node;
  private long toldAt;
  private boolean told;
  private long untold;
  private String lastName = "";
  private String lastFailure = "";

  PoisonLog(String node) {
    this.node = node;
  }

  void tell(Parcel parcel, long now) {
    if (told && (untold > 0 || now - toldAt < INTERVAL_NANOS)) {
      untold++;
      lastName = parcel.name();
      lastFailure = parcel.lastFailure;
      return;
    }
    told = true;
    toldAt = now;
    log.warn(
        "{}: {} failed {} times by itself while others were delivered, and goes to the dead"
            + " letters: {}",
        node,
        parcel.name(),
        parcel.lonelyFailures,
        parcel.lastFailure);
  }

  /**
   * Tells of what was not told, once it is time.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now) {
    if (untold == 0) {
      return Mailbox.NEVER;
    }
    if (now - toldAt < INTERVAL_NANOS) {
      return toldAt + INTERVAL_NANOS;
    }
    log.warn(
        "{}: {} more failed by themselves while others were delivered, and go to the dead"
            + " letters; the last is {}: {}",
        node,
        untold == 1 ? "1 item" : untold + " items",
        lastName,
        lastFailure);
    untold = 0;
    toldAt = now;
    return Mailbox.NEVER;
  }
}
