package io.forebay.destination.encoding;

import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another form of items that get some attributes first; these replace attributes of the same name.
 * Costs the short way of items that are encoded already, which must be decoded for it.
 */
public record TaggedForm(BodyForm form, Map<String, String> tags) implements BodyForm {

  public TaggedForm {
    tags = Map.copyOf(tags);
  }

  @Override
  public String contentType() {
    return form.contentType();
  }

  @Override
  public BodyWriter newWriter() {
    return new Tagger(form.newWriter(), tags);
  }

  private static final class Tagger implements BodyWriter {
    private final BodyWriter writer;
    private final Map<String, String> tags;
    private @Nullable Map<String, @Nullable Object> last;
    private Map<String, @Nullable Object> lastTagged = Map.of();

    Tagger(BodyWriter writer, Map<String, String> tags) {
      this.writer = writer;
      this.tags = tags;
    }

    @Override
    public void write(List<Item> items, EncodedLines out) {
      List<Item> tagged = new ArrayList<>(items.size());
      for (Item item : items) {
        tagged.add(item.withAttributes(tagged(item.attributes())));
      }
      writer.write(tagged, out);
    }

    @SuppressWarnings("ReferenceEquality") // the items of a source share their maps by reference
    private Map<String, @Nullable Object> tagged(Map<String, @Nullable Object> attributes) {
      if (attributes != last) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(attributes);
        merged.putAll(tags);
        lastTagged = merged;
        last = attributes;
      }
      return lastTagged;
    }
  }
}
