package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.FieldPath;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import io.forebay.core.item.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A text into which fields of an item are put. Written as a Go template, as Edge Delta does it, of
 * which it knows the actions that print a field: {@code {{ .item.body }}}, {@code {{ index
 * .item.resource "host.name" }}}, {@code {{ js .item.body }}}, {@code {{ json .item.attributes }}}.
 * Immutable.
 */
public final class PayloadTemplate {

  /** What is printed. */
  sealed interface Source {
    /** The item's JSON object. */
    record WholeItem() implements Source {}

    /** Milliseconds since the epoch. */
    record Timestamp() implements Source {}

    /** {@code log}, {@code metric} or {@code trace}. */
    record Kind() implements Source {}

    /** A field. */
    record Field(FieldPath path) implements Source {}
  }

  /** How it is printed. */
  enum Form {
    /** Texts as they are, maps and lists as JSON, nothing for what is missing. */
    PLAIN,
    /** The same with what must not stand within double quotes of JSON and JavaScript escaped. */
    JS,
    /** As a JSON value, quotes included; null for what is missing. */
    JSON
  }

  /** Text as it is, then a field; the last part has none. */
  record Part(ByteSlice text, @Nullable Source source, Form form) {}

  private final List<Part> parts;

  PayloadTemplate(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public static PayloadTemplate parse(String text) {
    return new PayloadTemplate(PayloadParser.parse(text));
  }

  /** Prints one field and nothing else. */
  public static PayloadTemplate of(FieldPath path) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(ByteSlice.EMPTY, new Source.Field(path), Form.PLAIN));
    return new PayloadTemplate(parts);
  }

  /** A writer of the template, filled, and a line feed for each item. */
  BodyWriter newWriter() {
    return new Filler(parts);
  }

  private record Filler(List<Part> parts, ItemEncoder encoder, EncodedLines scratch)
      implements BodyWriter {

    Filler(List<Part> parts) {
      this(parts, new ItemEncoder(), new EncodedLines(256));
    }

    @Override
    public void write(List<Item> items, EncodedLines out) {
      for (int i = 0; i < items.size(); i++) {
        for (Part part : parts) {
          writePlain(part.text, out);
          Source source = part.source;
          if (source != null) {
            write(items.get(i), source, part.form, out);
          }
        }
        out.write((byte) '\n');
        out.endLine();
      }
    }

    private void write(Item item, Source source, Form form, EncodedLines out) {
      if (source instanceof Source.WholeItem) {
        scratch.clear();
        encoder.encode(item, scratch);
        ByteSlice json = ByteSlice.of(scratch.array(), 0, scratch.size() - 1);
        write(form == Form.JSON ? Form.PLAIN : form, json, out);
      } else if (source instanceof Source.Timestamp) {
        out.writeLong(item.timestampMillis());
      } else if (source instanceof Source.Kind) {
        write(form, item.kind().jsonName(), out);
      } else if (source instanceof Source.Field field) {
        write(form, field.path().get(item), out);
      }
    }

    private void write(Form form, @Nullable Object value, EncodedLines out) {
      switch (form) {
        case PLAIN -> writePlain(value, out);
        case JSON -> {
          if (value instanceof ByteSlice text) {
            writeQuoted(text, out);
          } else {
            JsonValues.write(value, out);
          }
        }
        case JS -> {
          EncodedLines plain = new EncodedLines(256);
          writePlain(value, plain);
          EncodedLines quoted = new EncodedLines(plain.size() + 64);
          writeQuoted(ByteSlice.of(plain.array(), 0, plain.size()), quoted);
          out.write(quoted.array(), 1, quoted.size() - 2);
        }
      }
    }

    private static void writeQuoted(ByteSlice text, EncodedLines out) {
      if (!JsonValues.writeUtf8(text, out)) {
        JsonValues.writeString(text.toUtf8(), out);
      }
    }

    private static void writePlain(@Nullable Object value, EncodedLines out) {
      if (value instanceof ByteSlice bytes) {
        out.write(bytes.array(), bytes.offset(), bytes.length());
      } else if (value instanceof Map<?, ?> || value instanceof List<?>) {
        JsonValues.write(value, out);
      } else if (value != null) {
        out.write(value.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
