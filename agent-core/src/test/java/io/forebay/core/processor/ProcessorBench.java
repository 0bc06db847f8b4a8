package io.forebay.core.processor;

import io.forebay.core.component.NodeListener;
import io.forebay.core.component.Processor;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Flux;

/** Runs batches through a processor and watches what comes of their shares. */
final class ProcessorBench implements NodeListener {

  final Map<String, Long> events = new TreeMap<>();
  final Map<String, Long> dropped = new TreeMap<>();
  final List<Boolean> outcomes = new ArrayList<>();

  static Item item(String body) {
    return Item.log(1, ByteSlice.utf8(body), Map.of(), Map.of());
  }

  static List<String> bodies(Batch batch) {
    return batch.items().stream().map(item -> item.body().toUtf8()).toList();
  }

  Batch batch(String... bodies) {
    return batch(Arrays.stream(bodies).map(ProcessorBench::item).toList());
  }

  Batch batch(List<Item> items) {
    return Batch.of(items, Acknowledgement.of(outcomes::add));
  }

  List<Batch> run(Processor processor, Batch... batches) {
    List<Batch> out = processor.process(Flux.just(batches)).collectList().block();
    return out == null ? List.of() : out;
  }

  @Override
  public void onEvent(String event, long count) {
    events.merge(event, count, Long::sum);
  }

  @Override
  public void onDropped(String reason, long items, long bytes) {
    dropped.merge(reason, items, Long::sum);
  }
}
