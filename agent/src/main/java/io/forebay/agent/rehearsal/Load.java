package io.forebay.agent.rehearsal;

import java.time.Duration;

/**
 * What a destination goes through.
 *
 * @param itemsPerSecond that come, all the time
 * @param itemBytes bytes of an item's line on disk
 * @param outage how long the receiver is away
 * @param recoveredItemsPerSecond that the receiver takes once it is back; 0 for no limit
 */
public record Load(
    double itemsPerSecond, int itemBytes, Duration outage, double recoveredItemsPerSecond) {

  /** Items that come during the outage. */
  public long outageItems() {
    return (long) (itemsPerSecond * outage.toMillis() / 1000);
  }

  /** A part of it, for settings of which a part is taken too. */
  Load dividedBy(int parts) {
    return new Load(itemsPerSecond / parts, itemBytes, outage, recoveredItemsPerSecond / parts);
  }
}
