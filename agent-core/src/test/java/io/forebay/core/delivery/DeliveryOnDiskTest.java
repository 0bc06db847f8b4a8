package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.FsyncPolicy;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.core.config.DestinationSettings.RetrySettings;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The real queue, real threads and real time. */
class DeliveryOnDiskTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final Scheduler loop = Schedulers.newSingle("delivery");
  private final Scheduler disk = Schedulers.newSingle("disk");
  private final List<String> taken = new ArrayList<>();
  private volatile SendResult answer = SendResult.Delivered.INSTANCE;

  private final Destination destination =
      batch ->
          Mono.fromSupplier(
              () -> {
                SendResult result = answer;
                if (result instanceof SendResult.Delivered) {
                  synchronized (taken) {
                    batch.items().forEach(item -> taken.add(item.body().toUtf8()));
                  }
                }
                return result;
              });

  @AfterEach
  void dispose() {
    loop.dispose();
    disk.dispose();
  }

  private Delivery open(Mode mode, boolean strict) {
    DestinationSettings settings =
        new DestinationSettings(
            null,
            1000,
            null,
            Duration.ofMillis(20),
            Duration.ofSeconds(5),
            null,
            new RetrySettings(Duration.ofMillis(20), Duration.ofMillis(50), 10),
            null,
            new PersistentQueueSettings(
                directory.resolve("queue"),
                mode,
                DataSize.parse("50MB"),
                0,
                strict,
                Overflow.BLOCK,
                FsyncPolicy.ALWAYS,
                Duration.ofSeconds(1),
                null,
                Compression.NONE,
                DataSize.parse("1MiB")),
            null);
    return Deliveries.create(
        new DeliveryOptions(
            "out",
            settings,
            destination,
            DataSize.parse("1MiB"),
            Duration.ofSeconds(5),
            directory.resolve("dead-letters").resolve("out"),
            Clock.systemUTC(),
            new Random(7),
            loop,
            disk,
            DeliveryListener.NONE,
            PersistentQueue::open));
  }

  private static Flux<Batch> batches(String prefix, int batches, int size, AtomicInteger safe) {
    return Flux.range(0, batches)
        .map(
            b -> {
              List<Item> items = new ArrayList<>(size);
              for (int i = 0; i < size; i++) {
                items.add(
                    Item.log(
                        1,
                        ByteSlice.utf8(prefix + (b * size + i)),
                        Map.of(),
                        Map.of("n", (long) i)));
              }
              return Batch.of(
                  items,
                  Acknowledgement.of(
                      ok -> {
                        if (ok) {
                          safe.incrementAndGet();
                        }
                      }));
            });
  }

  private int takenCount() {
    synchronized (taken) {
      return taken.size();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOutageAndARestartLoseNothingAndKeepStrictOrder(Mode mode) {
    AtomicInteger safe = new AtomicInteger();
    Delivery first = open(mode, true);
    first.start().block(PATIENCE);
    first.accept(batches("x", 50, 100, safe)).block(PATIENCE);
    await().atMost(PATIENCE).until(() -> takenCount() == 5_000);
    answer = new SendResult.Retry("down");
    first.accept(batches("y", 50, 100, safe)).block(PATIENCE);
    await().atMost(PATIENCE).until(() -> safe.get() == 100);
    first.stop(Duration.ofSeconds(5)).block(PATIENCE);
    assertThat(first.snapshot().bufferedItems()).isEqualTo(5_000);
    assertThat(first.snapshot().memoryItems()).isZero();

    answer = SendResult.Delivered.INSTANCE;
    Delivery second = open(mode, true);
    second.start().block(PATIENCE);
    assertThat(second.snapshot().receivedItems()).isEqualTo(5_000);
    second.accept(batches("z", 50, 100, safe)).block(PATIENCE);
    await().atMost(PATIENCE).until(() -> second.snapshot().bufferedItems() == 0);
    assertThat(second.snapshot().state()).isEqualTo(DeliveryState.DIRECT);
    await().atMost(PATIENCE).until(() -> second.snapshot().queue().backlogBytes() == 0);
    second.stop(Duration.ofSeconds(5)).block(PATIENCE);

    List<String> expected = new ArrayList<>();
    for (String prefix : List.of("x", "y", "z")) {
      IntStream.range(0, 5_000).forEach(i -> expected.add(prefix + i));
    }
    synchronized (taken) {
      assertThat(taken).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void aDirectoryThatIsRemovedInAnOutageCostsWhatWasInItAndNothingElse() throws IOException {
    AtomicInteger safe = new AtomicInteger();
    Delivery delivery = open(Mode.ERROR, true);
    delivery.start().block(PATIENCE);
    answer = new SendResult.Retry("down");
    delivery.accept(batches("x", 20, 100, safe)).block(PATIENCE);
    await().atMost(PATIENCE).until(() -> safe.get() == 20);
    try (Stream<Path> files = Files.list(directory.resolve("queue"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
    Files.delete(directory.resolve("queue"));

    delivery.accept(batches("y", 20, 100, safe)).block(PATIENCE);
    await().atMost(PATIENCE).until(() -> delivery.snapshot().diskTrouble() != null);
    assertThat(safe).as("nothing is called safe that is on no disk").hasValue(20);
    String trouble =
        "the queue in "
            + directory.resolve("queue")
            + " cannot append: the directory was removed or moved away; put the directory back, or"
            + " make an empty one";
    await()
        .during(Duration.ofSeconds(2)) // appends, and looks that nobody asks for
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(delivery.snapshot().diskTrouble()).isEqualTo(trouble);
              assertThat(delivery.snapshot().why()).contains("down");
            });
    assertThat(delivery.snapshot().queue().diskFailing()).isTrue();

    Files.createDirectory(directory.resolve("queue"));
    await().atMost(PATIENCE).until(() -> safe.get() == 40);
    await().atMost(PATIENCE).until(() -> delivery.snapshot().diskTrouble() == null);
    answer = SendResult.Delivered.INSTANCE;
    await().atMost(PATIENCE).until(() -> delivery.snapshot().bufferedItems() == 0);
    assertThat(takenCount() + delivery.snapshot().droppedItems()).isEqualTo(4_000);
    synchronized (taken) {
      assertThat(taken.stream().filter(body -> body.startsWith("y"))).hasSize(2_000);
    }
    delivery.stop(Duration.ofSeconds(5)).block(PATIENCE);
  }

  @Test
  void healthyDeliveryLeavesTheQueueEmpty() {
    AtomicInteger safe = new AtomicInteger();
    Delivery delivery = open(Mode.ERROR, false);
    delivery.start().block(PATIENCE);
    delivery.accept(batches("x", 100, 100, safe)).block(PATIENCE);
    await().atMost(PATIENCE).until(() -> safe.get() == 100);
    assertThat(delivery.snapshot().queue().nextSequence())
        .as("no record was ever written")
        .isEqualTo(delivery.snapshot().queue().frontier());
    assertThat(delivery.snapshot().queue().backlogBytes()).isZero();
    assertThat(delivery.snapshot().deadLetters()).isNull();
    delivery.stop(Duration.ofSeconds(1)).block(PATIENCE);
    assertThat(Files.exists(directory.resolve("dead-letters"))).isFalse();
  }

  @Test
  void rejectedItemsAreOnDiskAndCountedAfterARestart() {
    answer = new SendResult.Rejected("400");
    AtomicInteger safe = new AtomicInteger();
    Delivery first = open(Mode.ERROR, false);
    first.start().block(PATIENCE);
    first.accept(batches("bad", 1, 5, safe)).block(PATIENCE);
    await().atMost(PATIENCE).until(() -> safe.get() == 1);
    assertThat(first.snapshot().deadLetteredItems()).isEqualTo(5);
    first.stop(Duration.ofSeconds(1)).block(PATIENCE);

    Delivery second = open(Mode.ERROR, false);
    second.start().block(PATIENCE);
    await().atMost(PATIENCE).until(() -> second.snapshot().deadLetters() != null);
    assertThat(second.snapshot().deadLetters().records()).isEqualTo(5);
    second.stop(Duration.ofSeconds(1)).block(PATIENCE);
  }

  @Test
  void aDirectoryInUseIsAnErrorAtTheStart() {
    Delivery first = open(Mode.ERROR, false);
    first.start().block(PATIENCE);
    Delivery second = open(Mode.ERROR, false);
    StepVerifier.create(second.start()).expectError(QueueLockedException.class).verify(PATIENCE);
    second.stop(Duration.ofSeconds(1)).block(PATIENCE);
    first.stop(Duration.ofSeconds(1)).block(PATIENCE);
  }

  @Test
  void stoppingTwiceAndStoppingWhatWasNeverStartedEnds() {
    Delivery delivery = open(Mode.ERROR, false);
    delivery.stop(Duration.ofSeconds(1)).block(PATIENCE);
    delivery.stop(Duration.ofSeconds(1)).block(PATIENCE);
    assertThat(delivery.snapshot().receivedItems()).isZero();
  }
}
