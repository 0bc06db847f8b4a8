package io.forebay.destination.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.forebay.core.collector.v1.Event;
import io.forebay.core.collector.v1.Gap;
import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.component.Numbering;
import io.forebay.core.component.SequenceRange;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import io.forebay.destination.Items;
import io.forebay.destination.collector.Numbers.Draft;
import io.forebay.destination.collector.WindowPlan.Send;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is sent of a batch, by its numbers and where the receiver stands. */
class WindowPlanTest {

  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  private static OptionalLong at(long next) {
    return OptionalLong.of(next);
  }

  private static WindowPlan plan(Draft numbers, OptionalLong standing, long underWayEnd) {
    Numbering numbering = numbers.build();
    return WindowPlan.of(numbering, standing, underWayEnd, numbering.issuedFrom(), 0);
  }

  private static List<StreamEventsRequest> messages(
      Draft numbers, OptionalLong standing, long underWayEnd, long answered) {
    Numbering numbering = numbers.build();
    Send send = (Send) WindowPlan.of(numbering, standing, underWayEnd, Long.MAX_VALUE, answered);
    int count = numbering.ranges().stream().mapToInt(SequenceRange::count).sum();
    return all(
        new WindowMessages(
            "a", numbering, Items.many(count), send, 32, 1 << 20, new ItemEncoder()));
  }

  private static List<StreamEventsRequest> all(WindowMessages messages) {
    List<StreamEventsRequest> all = new ArrayList<>();
    while (messages.hasNext()) {
      all.add(messages.next());
    }
    return all;
  }

  private static StreamEventsRequest only(
      Draft numbers, OptionalLong standing, long underWayEnd, long answered) {
    List<StreamEventsRequest> all = messages(numbers, standing, underWayEnd, answered);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static List<Long> numbers(StreamEventsRequest message) {
    return message.getEventsList().stream().map(Event::getSequence).toList();
  }

  private static Gap truncated(long first, long last) {
    return gap(first, last, GapReason.GAP_REASON_TRUNCATED);
  }

  private static Gap skipped(long first, long last) {
    return gap(first, last, GapReason.GAP_REASON_SKIPPED);
  }

  private static Gap gap(long first, long last, GapReason reason) {
    return Gap.newBuilder().setFirstSequence(first).setLastSequence(last).setReason(reason).build();
  }

  @Test
  void aReceiverThatKnowsNothingIsToldWhereTheWindowStartsAndNothingBefore() {
    StreamEventsRequest message = only(Numbers.of(5, 3), UNKNOWN, 0, 0);

    assertThat(message.getAgentId()).isEqualTo("a");
    assertThat(message.getEpoch()).isEqualTo(Numbers.EPOCH);
    assertThat(message.hasContinuesFrom()).isFalse();
    assertThat(message.getGapsList()).isEmpty();
    assertThat(numbers(message)).containsExactly(5L, 6L, 7L);
  }

  @Test
  void aReceiverThatKnowsNothingIsToldOfTruncationAlone() {
    assertThat(only(Numbers.of(100, 3).truncatedBelow(80), UNKNOWN, 0, 0).getGapsList())
        .containsExactly(truncated(0, 79));
    assertThat(only(Numbers.of(100, 3).truncatedBelow(80), UNKNOWN, 0, 50).getGapsList())
        .containsExactly(truncated(50, 79));
    assertThat(only(Numbers.of(100, 3).truncatedBelow(80), UNKNOWN, 0, 90).getGapsList()).isEmpty();
  }

  @Test
  void whatIsTruncatedBeyondTheWindowIsNotToldYet() {
    // What a request holds while the ring gives it up is still sent.
    assertThat(only(Numbers.of(100, 3).truncatedBelow(500), at(90), 0, 0).getGapsList())
        .containsExactly(truncated(90, 99));
    assertThat(only(Numbers.of(100, 3).truncatedBelow(500), UNKNOWN, 0, 0).getGapsList())
        .containsExactly(truncated(0, 99));
  }

  @Test
  void theWindowContinuesFromTheCursorAndTellsAllThatIsSettledBetween() {
    StreamEventsRequest message = only(Numbers.of(100, 3).truncatedBelow(80), at(70), 0, 0);

    assertThat(message.getContinuesFrom()).isEqualTo(70);
    assertThat(message.getGapsList()).containsExactly(truncated(70, 79), skipped(80, 99));
    assertThat(numbers(message)).containsExactly(100L, 101L, 102L);
  }

  @Test
  void theWindowContinuesFromTheCursorWithoutAGap() {
    StreamEventsRequest message = only(Numbers.of(100, 3), at(100), 0, 0);

    assertThat(message.getContinuesFrom()).isEqualTo(100);
    assertThat(message.getGapsList()).isEmpty();
  }

  @Test
  void aCursorOfZeroIsACursor() {
    StreamEventsRequest message = only(Numbers.of(2, 1), at(0), 0, 0);

    assertThat(message.hasContinuesFrom()).isTrue();
    assertThat(message.getContinuesFrom()).isZero();
    assertThat(message.getGapsList()).containsExactly(skipped(0, 1));
  }

  @Test
  void whatTheReceiverHasIsNotSentAgain() {
    assertThat(plan(Numbers.of(100, 3), at(103), 0)).isInstanceOf(WindowPlan.Settled.class);
    assertThat(plan(Numbers.of(100, 3), at(400), 0)).isInstanceOf(WindowPlan.Settled.class);

    StreamEventsRequest message = only(Numbers.of(100, 5), at(103), 0, 0);
    assertThat(message.getContinuesFrom()).isEqualTo(103);
    assertThat(message.getGapsList()).isEmpty();
    assertThat(numbers(message)).containsExactly(103L, 104L);
  }

  @Test
  void aCursorBetweenTwoRangesTellsTheRestOfTheGap() {
    StreamEventsRequest message =
        only(
            Numbers.of(new SequenceRange(100, 2), new SequenceRange(200, 1)).truncatedBelow(150),
            at(120),
            0,
            0);

    assertThat(message.getContinuesFrom()).isEqualTo(120);
    assertThat(message.getGapsList()).containsExactly(truncated(120, 149), skipped(150, 199));
    assertThat(numbers(message)).containsExactly(200L);
  }

  @Test
  void gapsWithinABatchBeginAMessage() {
    List<StreamEventsRequest> messages =
        messages(
            Numbers.of(
                new SequenceRange(10, 2), new SequenceRange(12, 1), new SequenceRange(20, 1)),
            at(10),
            0,
            0);

    assertThat(messages).hasSize(2);
    assertThat(numbers(messages.get(0))).containsExactly(10L, 11L, 12L);
    assertThat(messages.get(1).getGapsList()).containsExactly(skipped(13, 19));
    assertThat(numbers(messages.get(1))).containsExactly(20L);
    assertThat(messages.get(1).hasContinuesFrom()).isFalse();
    assertThat(messages.get(1).getAgentId()).isEmpty();
  }

  @Test
  void aWindowBehindOneUnderWayContinuesFromThat() {
    StreamEventsRequest message = only(Numbers.of(105, 1).after(102), at(50), 103, 0);

    assertThat(message.getContinuesFrom()).isEqualTo(103);
    assertThat(message.getGapsList()).containsExactly(skipped(103, 104));
  }

  @Test
  void aWindowBehindOneUnderWayTellsNoGapBelowThatOne() {
    StreamEventsRequest message =
        only(Numbers.of(105, 1).after(102).truncatedBelow(90), UNKNOWN, 103, 0);

    assertThat(message.getContinuesFrom()).isEqualTo(103);
    assertThat(message.getGapsList()).containsExactly(skipped(103, 104));
  }

  @Test
  void aWindowWhosePredecessorIsNowhereIsNotSent() {
    assertThat(plan(Numbers.of(105, 1).after(102), at(50), 0))
        .isInstanceOf(WindowPlan.OutOfTurn.class);
    assertThat(plan(Numbers.of(105, 1).after(102), UNKNOWN, 0))
        .isInstanceOf(WindowPlan.OutOfTurn.class);
    assertThat(plan(Numbers.of(105, 1).after(102), at(102), 101))
        .isInstanceOf(WindowPlan.OutOfTurn.class);
  }

  @Test
  void aWindowWhosePredecessorIsSafeIsSent() {
    assertThat(only(Numbers.of(105, 1).after(102), at(103), 0, 0).getContinuesFrom())
        .isEqualTo(103);
    StreamEventsRequest beyond = only(Numbers.of(105, 1).after(102), at(104), 0, 0);
    assertThat(beyond.getContinuesFrom()).isEqualTo(104);
    assertThat(beyond.getGapsList()).containsExactly(skipped(104, 104));
  }

  @Test
  void aCursorAboveAllNumbersIsSomebodyElses() {
    assertThat(plan(Numbers.of(5, 3).issuedFrom(8), at(9), 0)).isEqualTo(new WindowPlan.Foreign(9));
    assertThat(plan(Numbers.of(5, 3).issuedFrom(8), at(-1), 0))
        .isEqualTo(new WindowPlan.Foreign(-1));
    assertThat(plan(Numbers.of(5, 3).issuedFrom(8), at(8), 0))
        .isInstanceOf(WindowPlan.Settled.class);
  }

  @Test
  void messagesHoldNoMoreThanIsAskedFor() {
    Numbering numbering = Numbers.of(0, 100).build();
    WindowMessages messages =
        new WindowMessages(
            "a",
            numbering,
            Items.many(100),
            (Send) WindowPlan.of(numbering, UNKNOWN, 0, 0, 0),
            32,
            2_000,
            new ItemEncoder());

    List<StreamEventsRequest> all = all(messages);

    assertThat(all).allMatch(message -> message.getSerializedSize() <= 2_000);
    assertThat(all).allMatch(message -> message.getEventsCount() <= 32);
    assertThat(all.size()).isGreaterThan(4);
    assertThat(all.stream().flatMap(m -> numbers(m).stream()).toList())
        .hasSize(100)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void anEventThatFitsIntoNoMessageIsTold() {
    Numbering numbering = Numbers.of(0, 3).build();
    WindowMessages messages =
        new WindowMessages(
            "a",
            numbering,
            Items.many(3),
            (Send) WindowPlan.of(numbering, UNKNOWN, 0, 0, 0),
            32,
            60,
            new ItemEncoder());

    assertThat(messages.next()).isNull();
    assertThat(messages.tooLarge()).contains("does not fit into a message of 60 bytes");
  }

  @Test
  void itemsKeepTheirBytesEncodedOrNot() {
    List<Item> items = new ArrayList<>(Items.ofEveryKind());
    items.addAll(Items.drained(Items.many(10)));
    Numbering numbering = Numbers.of(0, items.size()).build();

    List<StreamEventsRequest> all =
        all(
            new WindowMessages(
                "a",
                numbering,
                items,
                (Send) WindowPlan.of(numbering, UNKNOWN, 0, 0, 0),
                4,
                1 << 20,
                new ItemEncoder()));

    assertThat(
            all.stream()
                .flatMap(m -> m.getEventsList().stream())
                .map(Event::getItem)
                .map(ByteString::toStringUtf8)
                .map(String::stripTrailing)
                .toList())
        .containsExactlyElementsOf(Items.lines(items));
    assertThat(all.get(0).getEvents(0).getItem().toStringUtf8()).endsWith("}\n");
  }

  /** Whatever the numbers: each is sent, told as a gap, or below the cursor; and none is two. */
  @Test
  void everyNumberIsAccountedForOnce() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<SequenceRange> ranges = new ArrayList<>();
      long at = random.nextInt(50);
      for (int i = 0; i <= random.nextInt(5); i++) {
        SequenceRange range = new SequenceRange(at, 1 + random.nextInt(40));
        ranges.add(range);
        at = range.end() + random.nextInt(3) * random.nextInt(10);
      }
      Draft draft = Numbers.of(ranges.toArray(SequenceRange[]::new));
      draft = draft.truncatedBelow(random.nextInt(200));
      long cursor = random.nextInt((int) draft.build().end());

      long expected = cursor;
      for (StreamEventsRequest message : messages(draft, at(cursor), 0, 0)) {
        for (Gap gap : message.getGapsList()) {
          assertThat(gap.getFirstSequence()).as("seed %d", seed).isEqualTo(expected);
          assertThat(gap.getLastSequence()).isGreaterThanOrEqualTo(gap.getFirstSequence());
          assertThat(gap.getReason() == GapReason.GAP_REASON_TRUNCATED)
              .isEqualTo(gap.getLastSequence() < draft.truncatedBelow());
          expected = gap.getLastSequence() + 1;
        }
        for (Event event : message.getEventsList()) {
          assertThat(event.getSequence()).as("seed %d", seed).isEqualTo(expected);
          expected++;
        }
      }
      assertThat(expected).isEqualTo(draft.build().end());
    }
  }
}
