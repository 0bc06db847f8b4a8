package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SequenceRange;
import io.forebay.core.item.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A receiver that goes by numbers: takes what is at or above its cursor, believes that what a batch
 * without an unsettled predecessor leaves out will never come, and survives its senders.
 */
final class NumberedReceiver {

  enum Mood {
    UP,
    REFUSING,
    PAUSED,
    /** Takes all, and the answer gets lost. */
    ANSWER_LOST,
    /** Takes the first half, and breaks off. */
    HALF,
    HANGING
  }

  /** Bodies in the order in which they were taken; none is taken twice by number. */
  final List<String> taken = new ArrayList<>();

  /** Ranges that were told as truncated: from, to. */
  final List<long[]> truncated = new ArrayList<>();

  int underWay;
  int mostUnderWay;
  long aborted;

  private final Random random;
  private final Map<Long, Long> cursors = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();

  /** Whether a number may be given to another item: a failed disk takes numbers with it. */
  boolean renames;

  Mood mood = Mood.UP;

  /** Items that it refuses for good. */
  final Set<String> bad = new HashSet<>();

  /** The sender's disk; null where there is none. */
  private final FakeQueue queue;

  NumberedReceiver(Random random, FakeQueue queue) {
    this.random = random;
    this.queue = queue;
  }

  NumberedDestination connect(Scheduler time, int windows) {
    return new NumberedDestination() {
      @Override
      public int windows() {
        return windows;
      }

      @Override
      public Mono<SendResult> send(Batch batch, Numbering numbering) {
        return Mono.defer(
            () -> {
              underWay++;
              mostUnderWay = Math.max(mostUnderWay, underWay);
              Mono<SendResult> answer =
                  random.nextBoolean()
                      ? Mono.fromSupplier(() -> take(batch, numbering))
                      : Mono.delay(Duration.ofMillis(random.nextInt(200)), time)
                          .map(tick -> take(batch, numbering));
              return (mood == Mood.HANGING ? Mono.<SendResult>never() : answer)
                  .doFinally(signal -> underWay--);
            });
      }
    };
  }

  /** What should never have come; a request that throws would only be tried again. */
  final List<AssertionError> complaints = new ArrayList<>();

  private SendResult take(Batch batch, Numbering numbering) {
    try {
      return tryToTake(batch, numbering);
    } catch (AssertionError e) {
      complaints.add(e);
      throw e;
    }
  }

  private SendResult tryToTake(Batch batch, Numbering numbering) {
    List<Long> numbers = new ArrayList<>();
    for (SequenceRange range : numbering.ranges()) {
      for (int i = 0; i < range.count(); i++) {
        numbers.add(range.first() + i);
      }
    }
    assertThat(numbers).hasSize(batch.size()).isSorted().doesNotHaveDuplicates();
    assertThat(numbering.end()).isLessThanOrEqualTo(numbering.issuedBelow());
    assertThat(queue == null || queue.isSafeToShow(numbering.end()))
        .as("%s may be given again after a crash", numbering.end())
        .isTrue();
    long cursor = cursors.getOrDefault(numbering.epoch(), 0L);
    if (numbering.after().isPresent() && cursor <= numbering.after().getAsLong()) {
      aborted++;
      return new SendResult.Retry("aborted");
    }
    switch (mood) {
      case REFUSING, HANGING -> {
        return new SendResult.Retry("unavailable");
      }
      case PAUSED -> {
        return new SendResult.Paused("unauthenticated");
      }
      default -> {}
    }
    for (int i = 0; i < numbers.size(); i++) {
      if (numbers.get(i) >= cursor && bad.contains(batch.items().get(i).body().toUtf8())) {
        return new SendResult.Rejected("invalid");
      }
    }
    int limit = mood == Mood.HALF ? numbers.size() / 2 : numbers.size();
    for (int i = 0; i < limit; i++) {
      long number = numbers.get(i);
      String body = batch.items().get(i).body().toUtf8();
      String before = names.putIfAbsent(numbering.epoch() + "/" + number, body);
      if (!renames && before != null && !before.equals(body)) {
        throw new AssertionError(number + " names " + body + " and named " + before);
      }
      if (number >= cursor) {
        if (numbering.truncatedBelow() > cursor && number > cursor) {
          truncated.add(new long[] {cursor, Math.min(numbering.truncatedBelow(), number)});
        }
        taken.add(body);
        cursor = number + 1;
      }
    }
    if (limit == numbers.size()) {
      cursor = Math.max(cursor, numbering.end());
    }
    cursors.put(numbering.epoch(), cursor);
    return mood == Mood.UP ? SendResult.Delivered.INSTANCE : new SendResult.Retry("broken off");
  }
}
