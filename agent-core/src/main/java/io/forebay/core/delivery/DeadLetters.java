package io.forebay.core.delivery;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import io.forebay.queue.QueueStatistics;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the items that the receiver will never take, in a queue of their own, each as a {@link
 * DeadLetterLine}. An item is settled once its line is durable; while lines cannot be written the
 * items are held, and {@link #hasRoom} stops further requests before that becomes many. On the loop
 * only.
 */
final class DeadLetters {

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
  private static final int MAX_WAITING = 64;

  private record Letter(Parcel parcel, String reason) {}

  private final String node;
  private final QueueGateway gateway;
  private final DiskTrouble trouble;
  private final Settlement settlement;
  private final Backoff backoff;
  private final LongSupplier nanos;
  private final Clock clock;
  private final ItemEncoder encoder = new ItemEncoder();
  private final Deque<Letter> waiting = new ArrayDeque<>();
  private @Nullable Letter underWay;
  private boolean opening;
  private int failures;
  private long retryAt = Long.MIN_VALUE;
  private @Nullable String why;

  DeadLetters(
      String node,
      QueueGateway gateway,
      DiskTrouble trouble,
      Settlement settlement,
      Backoff backoff,
      LongSupplier nanos,
      Clock clock) {
    this.node = node;
    this.gateway = gateway;
    this.trouble = trouble;
    this.settlement = settlement;
    this.backoff = backoff;
    this.nanos = nanos;
    this.clock = clock;
  }

  /** Opens the queue although nothing is to be written, so that what it holds is shown. */
  void openEarly() {
    open();
  }

  /** Takes over a parcel of one item. */
  void bury(Parcel parcel, String reason) {
    waiting.addLast(new Letter(parcel, reason));
  }

  boolean hasRoom() {
    return waiting.size() < MAX_WAITING;
  }

  /** Items whose letters are not durable yet. */
  int unwritten() {
    return waiting.size() + (underWay == null ? 0 : 1);
  }

  boolean isIdle() {
    return waiting.isEmpty() && underWay == null;
  }

  /** What is wrong with the dead letters, for people; null when nothing is. */
  @Nullable String why() {
    return why;
  }

  @Nullable QueueStatistics statistics() {
    return gateway.statistics();
  }

  /**
   * Begins the next write where one is due.
   *
   * @return when to call again though nothing else happened
   */
  long pump(long now) {
    if (underWay != null || opening || waiting.isEmpty()) {
      return Mailbox.NEVER;
    }
    if (now < retryAt) {
      return retryAt;
    }
    if (!gateway.isOpen()) {
      open();
      return Mailbox.NEVER;
    }
    Letter letter = waiting.removeFirst();
    underWay = letter;
    EncodedLines line = new EncodedLines(512);
    line.addLine(encode(letter));
    gateway.appendLines(line, result -> written(letter, result));
    return Mailbox.NEVER;
  }

  /** Gives back what is not written; it stays unsettled. */
  List<Parcel> giveUp() {
    List<Parcel> left = new ArrayList<>();
    Letter last = underWay;
    if (last != null) {
      left.add(last.parcel());
      underWay = null;
    }
    waiting.forEach(letter -> left.add(letter.parcel()));
    waiting.clear();
    return left;
  }

  void close(Runnable done) {
    gateway.close(
        failure -> {
          if (failure != null) {
            log.warn("{}: the dead letters were not closed well: {}", node, failure.toString());
          }
          done.run();
        });
  }

  private void open() {
    opening = true;
    gateway.open(
        failure -> {
          opening = false;
          if (failure == null) {
            trouble.well();
          } else {
            trouble.failed("be opened", failure);
            failed(failure);
          }
        });
  }

  private void written(Letter letter, QueueGateway.Appended result) {
    if (!letter.equals(underWay)) {
      return;
    }
    underWay = null;
    if (result instanceof QueueGateway.Appended.Stored) {
      failures = 0;
      why = null;
      settlement.deadLettered(letter.parcel());
    } else if (result instanceof QueueGateway.Appended.Refused refused) {
      // Its own overflow policy makes room, so what is refused could never be kept.
      String reason = "dead_letter_" + refused.reason().name().toLowerCase(Locale.ROOT);
      log.warn("{}: an item is dropped, its dead letter is refused: {}", node, refused.reason());
      settlement.dropped(letter.parcel(), reason);
    } else if (result instanceof QueueGateway.Appended.Failed failed) {
      waiting.addFirst(letter);
      failed(failed.cause());
    }
  }

  private void failed(Exception cause) {
    failures++;
    retryAt = nanos.getAsLong() + backoff.nanos(failures);
    why = "dead letters cannot be written: " + cause.getMessage();
  }

  private ByteSlice encode(Letter letter) {
    Item item = letter.parcel().onlyItem();
    EncodedLines original = new EncodedLines(256);
    if (item != null) {
      encoder.encode(item, original);
    }
    return DeadLetterLine.of(
        node,
        letter.reason(),
        letter.parcel().attempts,
        clock.millis(),
        ByteSlice.of(original.array(), 0, original.size()));
  }
}
