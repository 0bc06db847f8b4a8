package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.config.DataSize;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import io.forebay.source.net.Leaks;
import io.forebay.source.net.Taker;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Agents that keep to the protocol over connections that break anywhere, with a pipeline that
 * acknowledges late and in any order: each event arrives once and in order, or, where shares fail,
 * none is lost and none is skipped.
 */
@ExtendWith(Leaks.class)
@Timeout(120)
class CollectorModelTest {

  private static final int AGENTS = 4;
  private static final long EVENTS = 6000;

  @TempDir Path directory;
  private final Queue<Batch> held = new ConcurrentLinkedQueue<>();
  private final Map<String, List<Long>> emitted = new TreeMap<>();
  private final Map<String, List<Long>> safe = new TreeMap<>();
  private final AtomicReference<Gateway> gateway = new AtomicReference<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private boolean crashes;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyEventOnceAndInOrder(long seed) throws Exception {
    run(seed, 0, 0);
    for (List<Long> each : emitted.values()) {
      assertThat(each).hasSize((int) EVENTS).isSorted().doesNotHaveDuplicates();
    }
    assertThat(emitted).hasSize(AGENTS);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void everyEventOnceAndInOrderOverOrderlyRestarts(long seed) throws Exception {
    run(seed, 0, 3);
    for (List<Long> each : emitted.values()) {
      assertThat(each).hasSize((int) EVENTS).isSorted().doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void noneIsLostOrSkippedWhereSharesFail(long seed) throws Exception {
    run(seed, 0.02, 0);
    assertNoneLostOrSkipped();
  }

  private void assertNoneLostOrSkipped() {
    assertThat(emitted).hasSize(AGENTS);
    emitted.forEach(
        (agent, numbers) -> {
          long next = 0;
          for (long number : numbers) {
            assertThat(number).as("of %s after %d", agent, next - 1).isLessThanOrEqualTo(next);
            next = Math.max(next, number + 1);
          }
          assertThat(next).isEqualTo(EVENTS);
          assertThat(safe.get(agent).stream().distinct().count()).isEqualTo(EVENTS);
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33})
  void noneIsLostOrSkippedOverCrashes(long seed) throws Exception {
    crashes = true;
    run(seed, 0, 4);
    assertNoneLostOrSkipped();
  }

  private void run(long seed, double failures, int restarts) throws Exception {
    gateway.set(start());
    Random random = new Random(seed);
    CountDownLatch agents = new CountDownLatch(AGENTS);
    Queue<Throwable> failed = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < AGENTS; i++) {
      Agent agent = new Agent("agent-" + i, new Random(random.nextLong()));
      Thread thread =
          new Thread(
              () -> {
                try {
                  agent.run();
                } catch (Throwable e) {
                  failed.add(e);
                } finally {
                  agents.countDown();
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    Thread acknowledger = new Thread(() -> acknowledge(new Random(seed), failures));
    acknowledger.start();
    for (int i = 0; i < restarts; i++) {
      Thread.sleep(crashes ? 100 : 400);
      Gateway old = gateway.getAndSet(null);
      if (crashes) {
        // What is on disk then is all that outlives it.
        old.disk().die();
      }
      old.close();
      gateway.set(start());
    }
    assertThat(agents.await(100, TimeUnit.SECONDS)).isTrue();
    done.set(true);
    acknowledger.join();
    gateway.get().close();
    assertThat(failed).isEmpty();
  }

  private Gateway start() {
    return Gateway.start(
        directory,
        Taker.with(this::take),
        "maxPendingSize",
        new DataSize(1 << 20),
        "maxMessageSize",
        new DataSize(1 << 20));
  }

  private synchronized void take(Batch batch) {
    add(batch, emitted);
    held.add(batch);
  }

  private synchronized void add(Batch batch, Map<String, List<Long>> to) {
    for (Item item : batch.items()) {
      String[] parts = item.body().toUtf8().split(":");
      to.computeIfAbsent(parts[0], agent -> new ArrayList<>()).add(Long.parseLong(parts[1]));
    }
  }

  /** In any order within a few. */
  private void acknowledge(Random random, double failures) {
    List<Batch> hand = new ArrayList<>();
    while (!done.get() || !hand.isEmpty() || !held.isEmpty()) {
      for (Batch next = held.poll(); next != null; next = held.poll()) {
        hand.add(next);
      }
      if (hand.isEmpty()) {
        pause(1);
        continue;
      }
      Batch batch = hand.remove(random.nextInt(hand.size()));
      if (random.nextDouble() < failures) {
        batch.acknowledgement().fail();
      } else {
        add(batch, safe);
        batch.acknowledgement().complete();
      }
      if (random.nextInt(8) == 0) {
        pause(random.nextInt(4));
      }
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A sender as the protocol wants it, with up to two windows under way. */
  private final class Agent {
    private final String name;
    private final Random random;
    private long settled;

    Agent(String name, Random random) {
      this.name = name;
      this.random = random;
    }

    void run() {
      while (settled < EVENTS) {
        Gateway to = gateway.get();
        if (to == null) {
          pause(5);
          continue;
        }
        try (Sender sender = new Sender(to.port(), name)) {
          while (settled < EVENTS && converse(sender)) {
            // Until the connection breaks.
          }
        } catch (StatusRuntimeException e) {
          pause(random.nextInt(20));
        }
      }
    }

    /** From a HealthCheck to the next failure; false when the connection is gone. */
    private boolean converse(Sender sender) {
      long cursor = sender.cursor();
      if (cursor > settled) {
        settled = cursor;
      }
      boolean known = cursor >= 0;
      long next = settled;
      ArrayDeque<Sender.Stream> underWay = new ArrayDeque<>();
      ArrayDeque<Long> ends = new ArrayDeque<>();
      while (true) {
        while (underWay.size() < 2 && next < EVENTS) {
          long end = Math.min(EVENTS, next + 1 + random.nextInt(150));
          boolean first = underWay.isEmpty() && !known && next == settled;
          Sender.Stream stream = sender.open();
          long from = next;
          while (next < end) {
            long stop = Math.min(end, next + 1 + random.nextInt(40));
            StreamEventsRequest.Builder message = sender.message();
            if (next == from && !first) {
              message.setContinuesFrom(from);
            }
            for (; next < stop; next++) {
              message.addEvents(
                  Sender.event(
                      next, "{\"_type\":\"log\",\"body\":\"" + name + ":" + next + "\"}\n"));
            }
            stream.send(message);
            int fate = random.nextInt(100);
            if (fate == 0) {
              stream.cancel();
              return true;
            } else if (fate == 1) {
              sender.cut();
              return false;
            }
          }
          underWay.add(stream.end());
          ends.add(end);
        }
        if (underWay.isEmpty()) {
          return true;
        }
        try {
          long answered = underWay.remove().nextOrFail();
          long end = ends.remove();
          assertThat(answered).isGreaterThanOrEqualTo(end);
          settled = end;
          known = true;
        } catch (StatusRuntimeException e) {
          underWay.forEach(Sender.Stream::cancel);
          pause(random.nextInt(10));
          return true;
        }
      }
    }
  }
}
