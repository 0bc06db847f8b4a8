package io.forebay.destination.collector;

import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SequenceRange;
import io.forebay.core.item.Batch;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import reactor.core.publisher.Mono;

/**
 * Gives numbers to batches in the order in which they are subscribed, as delivery does; what failed
 * is not sent again.
 */
final class Numbers {

  static final long EPOCH = 0x1234_5678_9abc_def0L;

  private final TreeSet<Long> unsettledLast = new TreeSet<>();
  private long next;

  Mono<SendResult> send(NumberedDestination to, Batch batch) {
    if (batch.isEmpty()) {
      return to.send(batch, of(0, 1).build());
    }
    return Mono.create(
        sink -> {
          synchronized (this) {
            long first = next;
            next += batch.size();
            long last = next - 1;
            OptionalLong after =
                unsettledLast.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(unsettledLast.last());
            unsettledLast.add(last);
            Numbering numbering =
                new Numbering(
                    EPOCH, List.of(new SequenceRange(first, batch.size())), after, 0, next, next);
            sink.onDispose(
                to.send(batch, numbering)
                    .doFinally(signal -> settled(last))
                    .subscribe(sink::success, sink::error));
          }
        });
  }

  private synchronized void settled(long last) {
    unsettledLast.remove(last);
  }

  /** Numbers that follow one another. */
  static Draft of(long first, int count) {
    return of(new SequenceRange(first, count));
  }

  static Draft of(SequenceRange... ranges) {
    return new Draft(List.of(ranges), OptionalLong.empty(), 0, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** A numbering in the making. */
  record Draft(
      List<SequenceRange> ranges,
      OptionalLong after,
      long truncatedBelow,
      long issuedBelow,
      long issuedFrom) {

    Draft after(long last) {
      return new Draft(ranges, OptionalLong.of(last), truncatedBelow, issuedBelow, issuedFrom);
    }

    Draft truncatedBelow(long number) {
      return new Draft(ranges, after, number, issuedBelow, issuedFrom);
    }

    /** This run began at the number. */
    Draft issuedFrom(long number) {
      return new Draft(ranges, after, truncatedBelow, issuedBelow, number);
    }

    Numbering build() {
      return new Numbering(EPOCH, ranges, after, truncatedBelow, issuedBelow, issuedFrom);
    }
  }
}
