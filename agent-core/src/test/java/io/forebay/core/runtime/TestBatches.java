package io.forebay.core.runtime;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes batches and counts how their shares end. */
final class TestBatches {

  final AtomicInteger made = new AtomicInteger();
  final AtomicInteger safe = new AtomicInteger();
  final AtomicInteger failed = new AtomicInteger();

  Batch of(String... bodies) {
    made.incrementAndGet();
    List<Item> items =
        Arrays.stream(bodies)
            .map(body -> Item.log(1, ByteSlice.utf8(body), Map.of(), Map.of()))
            .toList();
    return Batch.of(items, Acknowledgement.of(ok -> (ok ? safe : failed).incrementAndGet()));
  }

  int ended() {
    return safe.get() + failed.get();
  }
}
