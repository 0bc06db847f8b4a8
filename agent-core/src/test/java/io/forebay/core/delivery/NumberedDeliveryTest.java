package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.queue.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Delivery to a receiver that knows items by number. */
class NumberedDeliveryTest {

  static LongStream seeds() {
    Long one = Long.getLong("forebay.seed");
    return one == null
        ? LongStream.rangeClosed(1, Long.getLong("forebay.seeds", 25))
        : LongStream.of(one);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappens_everyItemComesOnceAndInOrder(long seed) {
    Random random = new Random(seed);
    FakeQueue queue = new FakeQueue();
    NumberedReceiver receiver = new NumberedReceiver(random, queue);
    FakeQueue deadLetters = new FakeQueue();
    boolean sickDisk = random.nextInt(4) == 0;
    receiver.renames = sickDisk;
    Mode mode = Mode.values()[random.nextInt(3)];
    List<String> offered = new ArrayList<>();
    Map<String, List<String>> batches = new HashMap<>();
    Map<String, Boolean> ended = new HashMap<>();
    int runs = 1 + random.nextInt(3);
    for (int run = 0; run < runs; run++) {
      Harness h = harness(queue, deadLetters, receiver, random);
      h.mode = mode;
      h.overflow = Overflow.BLOCK;
      h.memoryItems = 20 + random.nextInt(300);
      h.batchSize = 1 + random.nextInt(40);
      h.requestTimeout = Duration.ofSeconds(2);
      receiver.mood = NumberedReceiver.Mood.UP;
      h.start();
      int steps = 5 + random.nextInt(40);
      for (int i = 0; i < steps; i++) {
        if (random.nextInt(3) == 0) {
          NumberedReceiver.Mood[] moods = NumberedReceiver.Mood.values();
          receiver.mood = moods[random.nextInt(moods.length)];
        }
        queue.diskFails = sickDisk && random.nextInt(3) == 0;
        for (int o = random.nextInt(5); o > 0; o--) {
          String[] bodies = new String[1 + random.nextInt(30)];
          for (int b = 0; b < bodies.length; b++) {
            bodies[b] = "i" + offered.size();
            offered.add(bodies[b]);
          }
          batches.put(bodies[0], List.of(bodies));
          h.offer(bodies);
        }
        h.pass(Duration.ofMillis(1 + random.nextInt(1000)));
      }
      queue.diskFails = false;
      if (run == runs - 1) {
        receiver.mood = NumberedReceiver.Mood.UP;
        for (int i = 0; i < 60 && h.snapshot().bufferedItems() > 0; i++) {
          h.pass(Duration.ofSeconds(20));
        }
        assertThat(h.snapshot().bufferedItems()).as("left").isZero();
        assertThat(h.stop(Duration.ofSeconds(1))).isTrue();
      } else if (random.nextBoolean()) {
        assertThat(h.stop(Duration.ofSeconds(random.nextInt(5)))).isTrue();
      } else {
        queue.crash();
        deadLetters.crash();
      }
      ended.putAll(h.ended);
    }
    assertThat(receiver.complaints).isEmpty();
    if (!sickDisk) {
      assertThat(receiver.taken).doesNotHaveDuplicates();
    }
    List<String> promised = new ArrayList<>();
    ended.forEach(
        (first, safe) -> {
          if (safe) {
            promised.addAll(batches.get(first));
          }
        });
    assertThat(receiver.taken).containsAll(promised);
    int last = -1;
    for (String body : receiver.taken) {
      int at = Integer.parseInt(body.substring(1));
      if (!sickDisk) {
        assertThat(at).as("%s after i%s", body, last).isGreaterThan(last);
      }
      last = at;
    }
  }

  @Test
  void healthy_twoWindowsAreUnderWay_andNothingIsOnDisk() {
    FakeQueue queue = new FakeQueue();
    NumberedReceiver receiver = new NumberedReceiver(new Random(3), queue);
    Harness h = harness(queue, new FakeQueue(), receiver, new Random(1));
    h.batchSize = 10;
    h.start();

    for (int i = 0; i < 50; i++) {
      h.offerMany("b" + i + "-", 10);
      h.pass(Duration.ofMillis(20));
    }
    h.pass(Duration.ofSeconds(60));

    assertThat(receiver.complaints).isEmpty();
    assertThat(receiver.mostUnderWay).isEqualTo(2);
    assertThat(receiver.taken).hasSize(500).doesNotHaveDuplicates();
    assertThat(h.queue.lines()).isEmpty();
  }

  @Test
  void aFullRing_tellsTheNextBatchWhatIsGone() {
    FakeQueue queue = new FakeQueue();
    NumberedReceiver receiver = new NumberedReceiver(new Random(3), queue);
    queue.capacity = 20_000;
    Harness h = harness(queue, new FakeQueue(), receiver, new Random(1));
    h.overflow = Overflow.DROP_OLDEST;
    h.batchSize = 10;
    receiver.mood = NumberedReceiver.Mood.REFUSING;
    h.start();
    for (int i = 0; i < 100; i++) {
      h.offerMany("b" + i + "-", 10);
      h.pass(Duration.ofMillis(100));
    }
    long gone = h.snapshot().droppedItems();
    assertThat(gone).isPositive();

    receiver.mood = NumberedReceiver.Mood.UP;
    h.pass(Duration.ofMinutes(5));

    assertThat(receiver.taken).hasSize((int) (1000 - gone)).last().isEqualTo("b99-9");
    long told = receiver.truncated.stream().mapToLong(range -> range[1] - range[0]).sum();
    // The first number of this queue is 1, so 0 is told with the rest.
    assertThat(told).isEqualTo(gone + 1);
  }

  @Test
  void withoutAQueue_numbersHoldForTheRun() {
    NumberedReceiver receiver = new NumberedReceiver(new Random(3), null);
    Harness h = harness(new FakeQueue(), new FakeQueue(), receiver, new Random(1));
    h.withQueue = false;
    h.start();
    receiver.mood = NumberedReceiver.Mood.ANSWER_LOST;
    h.offerMany("a", 100);
    h.pass(Duration.ofSeconds(1));
    receiver.mood = NumberedReceiver.Mood.UP;
    h.offerMany("b", 100);
    h.pass(Duration.ofMinutes(3));

    assertThat(receiver.taken).hasSize(200).doesNotHaveDuplicates();
    assertThat(h.snapshot().deliveredItems()).isEqualTo(200);
  }

  @Test
  void whatHasNoReservedNumber_isNotShown() {
    FakeQueue queue = new FakeQueue();
    queue.diskFails = true;
    NumberedReceiver receiver = new NumberedReceiver(new Random(3), queue);
    Harness h = harness(queue, new FakeQueue(), receiver, new Random(1));
    h.start();
    h.offerMany("x", 10);
    h.pass(Duration.ofSeconds(10));
    assertThat(receiver.taken).isEmpty();

    queue.diskFails = false;
    h.pass(Duration.ofMinutes(3));

    assertThat(receiver.complaints).isEmpty();
    assertThat(receiver.taken).containsExactly(Harness.bodies("x", 10));
  }

  @Test
  void afterAFailedAppend_theDiskTakesTheItemsUnderOtherNumbers() {
    FakeQueue queue = new FakeQueue();
    NumberedReceiver receiver = new NumberedReceiver(new Random(3), queue);
    receiver.mood = NumberedReceiver.Mood.REFUSING;
    Harness h = harness(queue, new FakeQueue(), receiver, new Random(1));
    h.start();
    queue.diskFails = true;
    h.offerMany("x", 10);
    h.pass(Duration.ofSeconds(10));
    assertThat(queue.lines()).isEmpty();

    queue.diskFails = false;
    h.pass(Duration.ofMinutes(3));

    assertThat(queue.lines()).hasSize(10);
    assertThat(h.ended).containsEntry("x0", true);
    receiver.mood = NumberedReceiver.Mood.UP;
    h.pass(Duration.ofMinutes(3));
    assertThat(receiver.taken).containsExactly(Harness.bodies("x", 10));
    assertThat(receiver.complaints).isEmpty();
  }

  @Test
  void nothingFollowsAnItem_whoseDeadLetterMayStillBeLost() {
    FakeQueue queue = new FakeQueue();
    FakeQueue deadLetters = new FakeQueue();
    NumberedReceiver receiver = new NumberedReceiver(new Random(3), queue);
    receiver.bad.add("bad");
    Harness first = harness(queue, deadLetters, receiver, new Random(1));
    first.mode = Mode.ALWAYS;
    first.start();
    deadLetters.diskFails = true;
    first.offer("a", "bad", "c");
    first.pass(Duration.ofMinutes(1));
    assertThat(first.ended).containsEntry("a", true);
    queue.crash();
    deadLetters.crash();
    deadLetters.diskFails = false;

    Harness second = harness(queue, deadLetters, receiver, new Random(2));
    second.mode = Mode.ALWAYS;
    second.start();
    second.pass(Duration.ofMinutes(3));

    assertThat(receiver.taken).containsExactly("a", "c");
    assertThat(String.join("", deadLetters.lines())).contains("\"bad\"");
  }

  private static Harness harness(
      FakeQueue queue, FakeQueue deadLetters, NumberedReceiver receiver, Random random) {
    Harness h = new Harness(queue, deadLetters);
    h.strict = true;
    h.workers = 1;
    h.random = random;
    h.maxQueueBytes = DataSize.parse("65536B");
    h.target = receiver.connect(h.time, 2);
    return h;
  }
}
