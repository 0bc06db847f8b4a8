package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.queue.AllocatedBytes;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * What the way through a delivery costs, in counts that no machine's speed changes: memory for an
 * item, requests and turns of the loop for a thousand. The bounds are a little above what it needs.
 */
class DeliveryCostTest {

  private static final int ITEMS = 1000;
  private static final int LINE_BYTES = 256;

  private final Harness harness = new Harness();
  private final CountingScheduler scheduler = new CountingScheduler(harness.time);
  private final List<Item> items =
      Collections.nCopies(ITEMS, Item.log(1, ByteSlice.utf8("x".repeat(256)), Map.of(), Map.of()));
  private final List<Item> fewItems = items.subList(0, ITEMS / 10);
  private FluxSink<Batch> upstream;
  private long sentItems;
  private int requests;
  private int ended;

  @BeforeEach
  void start() {
    harness.withQueue = false;
    harness.batchSize = ITEMS;
    harness.target =
        batch ->
            Mono.fromSupplier(
                () -> {
                  requests++;
                  sentItems += batch.size();
                  return SendResult.Delivered.INSTANCE;
                });
    Delivery delivery = Deliveries.create(harness.options(scheduler));
    delivery.start().subscribe();
    delivery
        .accept(Flux.create(sink -> upstream = sink, FluxSink.OverflowStrategy.BUFFER))
        .subscribe();
    harness.time.advanceTime();
  }

  private void offer(List<Item> batch) {
    upstream.next(Batch.of(batch, Acknowledgement.of(safe -> ended++)));
    harness.time.advanceTime();
  }

  @Test
  void deliveringAllocatesNothingForAnItem() throws Exception {
    double bytes = AllocatedBytes.perUnit(ITEMS, () -> offer(items));

    assertThat(sentItems).isEqualTo((long) requests * ITEMS).isPositive();
    assertThat(ended).isEqualTo(requests);
    assertThat(bytes)
        .as("bytes allocated for an item that is delivered in batches of %d", ITEMS)
        .isLessThan(8);
  }

  @Test
  void readingTheQueueAllocatesItemsButNoSecondCopyOfTheirBytes(@TempDir Path directory)
      throws Exception {
    int[] lengths = new int[ITEMS];
    Arrays.fill(lengths, LINE_BYTES);
    ByteBuffer[] lines = {ByteBuffer.allocate(ITEMS * LINE_BYTES)};
    RecordBatch records = new RecordBatch(lines, lengths, ITEMS);
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(directory.resolve("q")))) {
      double bytes =
          AllocatedBytes.perUnit(
              ITEMS,
              () -> {
                queue.append(records).toCompletableFuture().join();
                int read = 0;
                for (Slice slice : LeaseReader.read(queue, ITEMS, 1 << 20).slices()) {
                  read += slice.count();
                  ((Owner.Leased) slice.owner()).lease().acknowledge();
                }
                if (read != ITEMS) {
                  throw new AssertionError("read " + read + " items of " + ITEMS);
                }
              });

      assertThat(bytes)
          .as("bytes allocated for an item of %d B that is read from the queue", LINE_BYTES)
          .isLessThan(LINE_BYTES + 96);
    }
  }

  @Test
  void aThousandItemsAreOneRequestAndFewTurnsOfTheLoop() {
    offer(items);
    requests = 0;
    scheduler.turns = 0;

    for (int i = 0; i < 10; i++) {
      offer(fewItems);
    }

    assertThat(sentItems).isEqualTo(2 * ITEMS);
    assertThat(requests).as("requests for %d items in ten batches", ITEMS).isEqualTo(1);
    assertThat(scheduler.turns)
        .as("turns of the loop for %d items in ten batches", ITEMS)
        .isLessThanOrEqualTo(12);
  }
}
