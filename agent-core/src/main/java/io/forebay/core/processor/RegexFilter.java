package io.forebay.core.processor;

import io.forebay.core.component.NodeListener;
import io.forebay.core.component.Processor;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.FieldPath;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;

/**
 * Lets items pass in which a pattern is found; the others leave by {@link #UNMATCHED}. A batch that
 * passes whole is handed on as it is.
 */
final class RegexFilter implements Processor {

  static final String UNMATCHED = "unmatched";

  private final RegexFilterConfig config;
  private final NodeListener listener;

  RegexFilter(RegexFilterConfig config, NodeListener listener) {
    this.config = config;
    this.listener = listener;
  }

  @Override
  public Flux<Batch> process(Flux<Batch> batches) {
    return Flux.defer(
        () -> {
          Search search = new Search();
          return batches.flatMapIterable(search::split, 1);
        });
  }

  /** The state of one subscription, which sees one batch at a time. */
  private final class Search {
    private final FieldPath path = FieldPath.parse(config.patternFieldPath());
    private final StepBoundText text = new StepBoundText();
    private final StepBoundMatcher matcher = new StepBoundMatcher(config.pattern(), text);
    private long limitsHit;

    List<Batch> split(Batch batch) {
      List<Item> items = batch.items();
      int first = 0;
      while (first < items.size() && passes(items.get(first))) {
        first++;
      }
      if (first == items.size()) {
        finish();
        return List.of(batch);
      }
      List<Item> passed = new ArrayList<>(items.subList(0, first));
      List<Item> turned = new ArrayList<>();
      turned.add(items.get(first));
      for (int i = first + 1; i < items.size(); i++) {
        Item item = items.get(i);
        (passes(item) ? passed : turned).add(item);
      }
      finish();
      Batch unmatched = batch.withItems(turned).withPath(UNMATCHED);
      if (passed.isEmpty()) {
        return List.of(unmatched);
      }
      batch.acknowledgement().retain(1);
      return List.of(batch.withItems(passed), unmatched);
    }

    private boolean passes(Item item) {
      Object value = path.get(item);
      if (value instanceof ByteSlice body) {
        text.set(body);
      } else if (value == null || value instanceof Map || value instanceof List) {
        return config.negate();
      } else {
        text.set(value.toString());
      }
      return isFound() != config.negate();
    }

    private boolean isFound() {
      matcher.reset();
      try {
        return matcher.find();
      } catch (RegexLimitException e) {
        limitsHit++;
        return false;
      }
    }

    private void finish() {
      text.clear();
      if (limitsHit > 0) {
        listener.onEvent("regex_limit", limitsHit);
        limitsHit = 0;
      }
    }
  }
}
