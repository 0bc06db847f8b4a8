package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.queue.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/**
 * Seeded random lives of a delivery, with receivers and disks that fail in every way there is and
 * processes that stop or are killed, against what must always hold: the books are even, nothing
 * whose share has ended well is lost, and in strict order nothing overtakes.
 */
class DeliveryModelTest {

  private static final SendResult UP = SendResult.Delivered.INSTANCE;

  static LongStream seeds() {
    Long one = Long.getLong("forebay.seed");
    return one == null
        ? LongStream.rangeClosed(1, Long.getLong("forebay.seeds", 60))
        : LongStream.of(one);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingIsLostAndTheBooksAreEven(long seed) {
    new Life(seed).live();
  }

  private static final class Life {
    private final Random random;
    private final long seed;
    private final FakeQueue queue = new FakeQueue();
    private final FakeQueue deadLetters = new FakeQueue();
    private final Mode mode;
    private final boolean strict;
    private final boolean withQueue;
    private final Overflow overflow;
    private final int batchSize;
    private final int workers;
    private final int rate;
    private final int memory;
    private final Duration lag;
    private final List<String> offered = new ArrayList<>();
    private final Map<String, Boolean> ended = new HashMap<>();
    private final Map<String, List<String>> batches = new HashMap<>();
    private final List<String> taken = new ArrayList<>();
    private final Set<String> bad = new HashSet<>();

    /** Answered with 500 for as long as the receiver is not mended. */
    private final Set<String> poison = new HashSet<>();

    private final int isolateAfter;
    private int runs;
    private long dropped;
    private int number;

    Life(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.mode = Mode.values()[random.nextInt(3)];
      this.withQueue = random.nextInt(5) > 0;
      this.strict = withQueue && random.nextBoolean();
      this.overflow = random.nextInt(3) > 0 ? Overflow.BLOCK : Overflow.values()[random.nextInt(3)];
      this.batchSize = random.nextInt(20);
      this.workers = strict ? 1 : 1 + random.nextInt(5);
      this.rate = random.nextInt(3) == 0 ? 50 + random.nextInt(500) : 0;
      this.lag = seed % 2 == 0 ? Duration.ZERO : Duration.ofMillis(1 + random.nextInt(20));
      this.memory = 20 + random.nextInt(200);
      this.isolateAfter = List.of(0, 1, 2, 5).get(random.nextInt(4));
    }

    void live() {
      runs = 1 + random.nextInt(3);
      for (int run = 0; run < runs; run++) {
        Harness h = begin();
        int steps = 5 + random.nextInt(30);
        for (int i = 0; i < steps; i++) {
          step(h);
        }
        if (run == runs - 1) {
          finish(h);
        } else if (random.nextBoolean()) {
          heal(h);
          assertThat(h.stop(Duration.ofSeconds(random.nextInt(5)))).isTrue();
          collect(h);
        } else {
          // What the ring gave up and was not counted yet dies with the process.
          dropped += queue.size() - queue.lines().size();
          dropped += queue.overflowed - h.events.dropped.getOrDefault("overflow_oldest", 0L);
          queue.crash();
          deadLetters.crash();
          collect(h);
        }
      }
      check();
    }

    private Harness begin() {
      Harness h = new Harness(queue, deadLetters);
      h.mode = mode;
      h.withQueue = withQueue;
      h.strict = strict;
      h.overflow = overflow;
      h.batchSize = batchSize;
      h.workers = workers;
      h.drainRateLimit = rate;
      h.memoryItems = memory;
      h.isolateAfterAttempts = isolateAfter;
      h.maxQueueBytes = DataSize.ofBytes(65_536);
      queue.capacity =
          Math.max(
              queue.capacity == Long.MAX_VALUE ? 0 : queue.capacity, 2000 + random.nextInt(20_000));
      h.requestTimeout = Duration.ofSeconds(2);
      h.random = random;
      h.lag = lag;
      h.destination.script(bodies -> answer(h, bodies, UP));
      return h.start();
    }

    private void step(Harness h) {
      switch (random.nextInt(10)) {
        case 0 -> h.destination.script(bodies -> answer(h, bodies, new SendResult.Retry("503")));
        case 1 -> h.destination.script(bodies -> answer(h, bodies, new SendResult.Paused("401")));
        case 2 -> h.destination.hang();
        case 3 -> queue.diskFails = random.nextInt(3) == 0;
        case 4 -> deadLetters.diskFails = random.nextInt(3) == 0;
        case 5, 6 -> h.destination.script(bodies -> answer(h, bodies, UP));
        default -> {}
      }
      int offers = random.nextInt(6);
      for (int i = 0; i < offers; i++) {
        offer(h);
      }
      h.pass(Duration.ofMillis(1 + random.nextInt(1000)));
    }

    private void offer(Harness h) {
      String[] bodies = new String[1 + random.nextInt(30)];
      for (int i = 0; i < bodies.length; i++) {
        bodies[i] = "i" + number++;
        offered.add(bodies[i]);
        if (random.nextInt(200) == 0) {
          bad.add(bodies[i]);
        } else if (random.nextInt(200) == 0) {
          poison.add(bodies[i]);
        }
      }
      batches.put(bodies[0], List.of(bodies));
      if (random.nextInt(4) == 0) {
        h.offerAwaited(bodies);
      } else {
        h.offer(bodies);
      }
    }

    /** What a receiver answers: usually its mood, with all that the data can bring about first. */
    private Mono<SendResult> answer(Harness h, List<String> bodies, SendResult mood) {
      SendResult result = mood;
      if (mood instanceof SendResult.Delivered) {
        if (random.nextInt(20) == 0) {
          result = new SendResult.Retry("blip");
        } else if (bodies.size() > 25) {
          result = new SendResult.TooLarge("413");
        } else if (bodies.stream().anyMatch(poison::contains)) {
          result = new SendResult.Retry("500");
        } else if (bodies.stream().anyMatch(bad::contains)) {
          result = new SendResult.Rejected("400");
        }
      }
      Mono<SendResult> answer = Mono.just(result);
      return random.nextInt(3) == 0
          ? answer
          : answer.delayElement(Duration.ofMillis(random.nextInt(300)), h.time);
    }

    private void heal(Harness h) {
      queue.diskFails = false;
      deadLetters.diskFails = false;
      h.destination.script(bodies -> answer(h, bodies, UP));
    }

    private void finish(Harness h) {
      heal(h);
      h.pass(Duration.ofSeconds(random.nextInt(60)));
      assertThat(isolateAfter == 0 || strict ? letters("poison: ") : 0).isZero();
      // Without others that succeed the last of them would be held for ever.
      poison.clear();
      for (int i = 0; i < 60 && h.snapshot().bufferedItems() > 0; i++) {
        h.pass(Duration.ofSeconds(20));
      }
      h.pass(Duration.ofSeconds(1));
      assertThat(h.snapshot().bufferedItems()).as("seed %s: left", seed).isZero();
      assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
      assertThat(h.ended.size()).isEqualTo(h.offers);
      assertThat(h.ended).as("seed %s: shares", seed).doesNotContainValue(false);
      assertThat(h.stop(Duration.ofSeconds(1))).isTrue();
      collect(h);
      assertThat(queue.lines()).isEmpty();
    }

    private void collect(Harness h) {
      taken.addAll(h.destination.taken);
      ended.putAll(h.ended);
      h.events.dropped.forEach((reason, items) -> dropped += reason.equals("stopped") ? 0 : items);
    }

    private long letters(String reason) {
      return deadLetters.lines().stream().filter(letter -> letter.contains(reason)).count();
    }

    private void check() {
      Set<String> reached = new HashSet<>(taken);
      String letters = String.join("", deadLetters.lines());
      long missing = 0;
      for (Map.Entry<String, Boolean> end : ended.entrySet()) {
        if (!end.getValue()) {
          continue;
        }
        for (String body : batches.get(end.getKey())) {
          if (!reached.contains(body) && !letters.contains("\"" + body + "\"")) {
            missing++;
          }
        }
      }
      assertThat(missing).as("seed %s: lost without a count", seed).isLessThanOrEqualTo(dropped);
      if (runs == 1) {
        // Nothing was cut off in the middle, so what is dropped is what is missing, to the item.
        assertThat(dropped).as("seed %s: dropped", seed).isEqualTo(missing);
      }
      if (overflow == Overflow.BLOCK) {
        assertThat(dropped).as("seed %s", seed).isZero();
      }
      if (strict) {
        checkOrder();
      }
    }

    /** Sent again is no disorder, overtaken is: each first arrival is younger than all before. */
    private void checkOrder() {
      Set<String> seen = new HashSet<>();
      int last = -1;
      for (String body : taken) {
        if (seen.add(body)) {
          int at = Integer.parseInt(body.substring(1));
          assertThat(at).as("seed %s: %s came after i%s", seed, body, last).isGreaterThan(last);
          last = at;
        }
      }
    }
  }
}
