package io.forebay.core.component;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt to send ended: decided once, at the wire, so that nobody behind it looks at
 * status codes or exceptions.
 */
public sealed interface SendResult {

  /** The receiver has it, all of it. */
  record Delivered() implements SendResult {
    public static final Delivered INSTANCE = new Delivered();
  }

  /**
   * Not now: the receiver or the way to it is unwell. Tried again for as long as it takes.
   *
   * @param why for people; no secrets
   * @param after the receiver's own word on how long to wait, or null
   * @param overloaded whether the receiver said that it is asked for too much: then less is sent at
   *     once for a while
   */
  record Retry(String why, @Nullable Duration after, boolean overloaded) implements SendResult {
    public Retry(String why) {
      this(why, null, false);
    }

    public Retry(String why, @Nullable Duration after) {
      this(why, after, false);
    }
  }

  /**
   * The receiver refuses us, not the data: credentials, certificate, address. Everything is kept
   * until it is mended.
   */
  record Paused(String why) implements SendResult {}

  /** Too much in one request: the batch is halved; a single item is rejected. */
  record TooLarge(String why) implements SendResult {}

  /**
   * Something in the batch is unacceptable: it is bisected down to the bad items, which go to the
   * dead letters.
   */
  record Rejected(String why) implements SendResult {}
}
