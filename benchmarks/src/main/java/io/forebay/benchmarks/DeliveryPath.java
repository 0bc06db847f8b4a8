package io.forebay.benchmarks;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.FsyncPolicy;
import io.forebay.core.delivery.Deliveries;
import io.forebay.core.delivery.Delivery;
import io.forebay.core.delivery.DeliveryListener;
import io.forebay.core.delivery.DeliveryOptions;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.PersistentQueue;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Items a second through a delivery whose destination answers at once: what batching, books and
 * acknowledgements cost, and in mode {@code always} the disk.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DeliveryPath {

  private static final int BATCH_ITEMS = 1000;
  private static final int BATCHES = 50;

  /** The queue of the destination. */
  public enum Queue {
    NONE,
    ERROR,
    ALWAYS
  }

  @Param public Queue queue = Queue.NONE;

  private final List<Item> items =
      Collections.nCopies(
          BATCH_ITEMS, Item.log(1, ByteSlice.of(Records.json(256)), Map.of(), Map.of()));
  private final Semaphore deliveredItems = new Semaphore(0);
  private Workspace workspace;
  private Scheduler loop;
  private Scheduler disk;
  private Delivery delivery;
  private Sinks.Many<Batch> source;
  private Disposable accepting;

  @Setup(Level.Trial)
  public void start() throws IOException {
    workspace = new Workspace();
    loop = Schedulers.newSingle("delivery");
    disk = Schedulers.newSingle("disk");
    delivery = Deliveries.create(options());
    delivery.start().block();
    source = Sinks.many().unicast().onBackpressureBuffer();
    accepting = delivery.accept(source.asFlux()).subscribe();
  }

  private DeliveryOptions options() {
    Destination destination =
        batch ->
            Mono.fromSupplier(
                () -> {
                  deliveredItems.release(batch.size());
                  return SendResult.Delivered.INSTANCE;
                });
    // Batches of exactly what is offered at once: no incomplete one has to wait for more.
    DestinationSettings settings =
        new DestinationSettings(
            2,
            BATCH_ITEMS,
            null,
            null,
            Duration.ofSeconds(30),
            null,
            null,
            null,
            persistentQueue(),
            null);
    return new DeliveryOptions(
        "out",
        settings,
        destination,
        DataSize.parse("1MiB"),
        Duration.ofSeconds(5),
        workspace.resolve("dead-letters"),
        Clock.systemUTC(),
        new Random(1),
        loop,
        disk,
        DeliveryListener.NONE,
        PersistentQueue::open);
  }

  private @Nullable PersistentQueueSettings persistentQueue() {
    if (queue == Queue.NONE) {
      return null;
    }
    return new PersistentQueueSettings(
        workspace.resolve("queue"),
        queue == Queue.ALWAYS
            ? PersistentQueueSettings.Mode.ALWAYS
            : PersistentQueueSettings.Mode.ERROR,
        DataSize.parse("1GB"),
        0,
        false,
        Overflow.BLOCK,
        FsyncPolicy.ALWAYS,
        Duration.ofSeconds(1),
        null,
        Compression.NONE,
        DataSize.parse("64MiB"));
  }

  @Benchmark
  @OperationsPerInvocation(BATCHES * BATCH_ITEMS)
  public void deliver() throws InterruptedException {
    for (int i = 0; i < BATCHES; i++) {
      source.tryEmitNext(Batch.of(items, Acknowledgement.of(safe -> {}))).orThrow();
    }
    if (!deliveredItems.tryAcquire(BATCHES * BATCH_ITEMS, 60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          deliveredItems.availablePermits() + " items arrived within a minute");
    }
  }

  @TearDown(Level.Trial)
  public void stop() throws IOException {
    accepting.dispose();
    delivery.stop(Duration.ofSeconds(5)).block();
    loop.dispose();
    disk.dispose();
    workspace.close();
  }
}
