package io.forebay.core.processor;

import io.forebay.core.component.NodeListener;
import io.forebay.core.component.Processor;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.FieldPath;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Masks what patterns find in the texts of an item. Items and batches in which nothing is found are
 * handed on as they are.
 */
// Masking gives back the very object that it found nothing in.
@SuppressWarnings("ReferenceEquality")
final class GenericMask implements Processor {

  /** Values nested deeper are masked whole, so that a crafted value cannot exhaust the stack. */
  private static final int MAX_DEPTH = 64;

  private final GenericMaskConfig config;
  private final NodeListener listener;
  private final List<FieldPath> included;
  private final List<FieldPath> excluded;

  GenericMask(GenericMaskConfig config, NodeListener listener) {
    this.config = config;
    this.listener = listener;
    List<String> paths = config.includedFieldPaths();
    this.included =
        (paths.isEmpty() ? List.of("item.body", "item.attributes") : paths)
            .stream().map(FieldPath::parse).toList();
    this.excluded = config.excludedFieldPaths().stream().map(FieldPath::parse).toList();
  }

  @Override
  public Flux<Batch> process(Flux<Batch> batches) {
    return Flux.defer(
        () -> {
          Masking masking = new Masking();
          return batches.map(masking::mask);
        });
  }

  private FieldSelection selection(FieldPath.Root root) {
    return FieldSelection.of(root, included, excluded);
  }

  /** The state of one subscription, which sees one batch at a time. */
  private final class Masking {
    private final StepBoundText text = new StepBoundText();
    private final List<TextMask> masks = new ArrayList<>();
    private final boolean body = selection(FieldPath.Root.BODY).isSelected(false);
    private final boolean severity = selection(FieldPath.Root.SEVERITY_TEXT).isSelected(false);
    private final MaskedMap attributes = new MaskedMap(selection(FieldPath.Root.ATTRIBUTES));
    private final MaskedMap resource = new MaskedMap(selection(FieldPath.Root.RESOURCE));
    private String lastMask = "";
    private long limitsHit;

    Masking() {
      for (GenericMaskConfig.CaptureGroupMask mask : config.captureGroupMasks()) {
        if (mask.enabled()) {
          masks.add(new TextMask(mask.captureGroup(), mask.mask(), text, () -> limitsHit++));
          lastMask = mask.mask();
        }
      }
    }

    Batch mask(Batch batch) {
      List<Item> items = batch.items();
      List<Item> changed = null;
      for (int i = 0; i < items.size(); i++) {
        Item item = items.get(i);
        Item masked = mask(item);
        if (masked != item && changed == null) {
          changed = new ArrayList<>(items);
        }
        if (changed != null) {
          changed.set(i, masked);
        }
      }
      text.clear();
      if (limitsHit > 0) {
        listener.onEvent("regex_limit", limitsHit);
        limitsHit = 0;
      }
      return changed == null ? batch : batch.withItems(changed);
    }

    private Item mask(Item item) {
      ByteSlice newBody = body ? mask(item.body()) : item.body();
      String oldSeverity = item.severityText();
      String newSeverity = severity && oldSeverity != null ? mask(oldSeverity) : oldSeverity;
      Map<String, @Nullable Object> newResource = resource.of(item.resource());
      Map<String, @Nullable Object> newAttributes = attributes.of(item.attributes());
      if (newBody == item.body()
          && Objects.equals(newSeverity, oldSeverity)
          && newResource == item.resource()
          && newAttributes == item.attributes()) {
        return item;
      }
      return new Item(
          item.kind(), item.timestampMillis(), newBody, newSeverity, newResource, newAttributes);
    }

    private ByteSlice mask(ByteSlice value) {
      ByteSlice masked = value;
      for (int i = 0; i < masks.size(); i++) {
        masked = masks.get(i).apply(masked);
      }
      return masked;
    }

    private String mask(String value) {
      String masked = value;
      for (int i = 0; i < masks.size(); i++) {
        masked = masks.get(i).apply(masked);
      }
      return masked;
    }

    private Map<String, @Nullable Object> maskMap(
        Map<String, @Nullable Object> map,
        @Nullable FieldSelection selection,
        boolean inherited,
        int depth) {
      Map<String, @Nullable Object> changed = null;
      for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
        Object value = entry.getValue();
        FieldSelection within = selection == null ? null : selection.within(entry.getKey());
        Object masked = maskValue(value, within, inherited, depth);
        if (masked != value) {
          if (changed == null) {
            changed = new LinkedHashMap<>(map);
          }
          changed.put(entry.getKey(), masked);
        }
      }
      return changed == null ? map : changed;
    }

    @SuppressWarnings("unchecked") // an attribute's map has String keys
    private @Nullable Object maskValue(
        @Nullable Object value, @Nullable FieldSelection selection, boolean inherited, int depth) {
      boolean selected = selection == null ? inherited : selection.isSelected(inherited);
      if (value instanceof String string) {
        return selected ? mask(string) : string;
      }
      if (value instanceof Map || value instanceof List) {
        if (selection == null ? !inherited : selection.isEmpty(inherited)) {
          return value;
        }
        if (depth >= MAX_DEPTH) {
          return lastMask;
        }
        return value instanceof Map
            ? maskMap((Map<String, @Nullable Object>) value, selection, selected, depth + 1)
            : maskList((List<@Nullable Object>) value, selected, depth + 1);
      }
      return value;
    }

    private List<@Nullable Object> maskList(
        List<@Nullable Object> list, boolean selected, int depth) {
      List<@Nullable Object> changed = null;
      for (int i = 0; i < list.size(); i++) {
        Object value = list.get(i);
        Object masked = maskValue(value, null, selected, depth);
        if (masked != value) {
          if (changed == null) {
            changed = new ArrayList<>(list);
          }
          changed.set(i, masked);
        }
      }
      return changed == null ? list : changed;
    }

    /** The last map masked and what came of it: the items of a source share their maps. */
    private final class MaskedMap {
      private final FieldSelection selection;
      private Map<String, @Nullable Object> last = Map.of();
      private Map<String, @Nullable Object> masked = last;

      MaskedMap(FieldSelection selection) {
        this.selection = selection;
      }

      Map<String, @Nullable Object> of(Map<String, @Nullable Object> map) {
        if (map != last) {
          boolean all = selection.isSelected(false);
          masked =
              selection.isEmpty(false) || map.isEmpty() ? map : maskMap(map, selection, all, 0);
          last = map;
        }
        return masked;
      }
    }
  }
}
