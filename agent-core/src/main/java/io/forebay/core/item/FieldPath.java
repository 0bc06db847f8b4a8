package io.forebay.core.item;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in an item something is, as written in a pipeline file: {@code item.body}, {@code
 * item.severity_text}, {@code item.attributes.user.name}, {@code item["resource"]["host.name"]}.
 * The leading {@code item} may be left out.
 *
 * @param root the item's field
 * @param keys the way through the field's map; empty for the field itself
 */
public record FieldPath(Root root, List<String> keys) {

  /** The fields of an item that hold text or more fields. */
  public enum Root {
    BODY("body"),
    SEVERITY_TEXT("severity_text"),
    ATTRIBUTES("attributes"),
    RESOURCE("resource");

    private final String word;

    Root(String word) {
      this.word = word;
    }

    public boolean isMap() {
      return this == ATTRIBUTES || this == RESOURCE;
    }
  }

  public FieldPath {
    keys = List.copyOf(keys);
  }

  /**
   * Reads a path.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public static FieldPath parse(String text) {
    List<String> names = names(text);
    int first = names.size() > 1 && names.get(0).equals("item") ? 1 : 0;
    for (Root root : Root.values()) {
      if (root.word.equals(names.get(first))) {
        List<String> keys = names.subList(first + 1, names.size());
        if (!root.isMap() && !keys.isEmpty()) {
          throw new IllegalArgumentException(
              "'" + text + "': " + root.word + " is a text and has no fields of its own");
        }
        return new FieldPath(root, keys);
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is no field path; write item.body, item.severity_text, item.attributes.NAME,"
            + " item.attributes[\"NAME\"] or item.resource.NAME");
  }

  private static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '[') {
        char quote = at + 1 < text.length() ? text.charAt(at + 1) : 0;
        int end = quote == '"' || quote == '\'' ? text.indexOf(quote + "]", at + 2) : -1;
        if (end < 0) {
          throw new IllegalArgumentException("'" + text + "': write [\"NAME\"] in brackets");
        }
        names.add(text.substring(at + 2, end));
        at = end + 2;
      } else {
        if (c == '.' && at > 0) {
          at++;
        }
        int end = at;
        while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
          end++;
        }
        if (end == at) {
          throw new IllegalArgumentException("'" + text + "': a name is missing at " + (at + 1));
        }
        names.add(text.substring(at, end));
        at = end;
      }
    }
    if (names.isEmpty()) {
      throw new IllegalArgumentException("the field path is empty; write item.body, for example");
    }
    return names;
  }

  /**
   * The keys as one: sources name attributes with dots ({@code log.file.path}), so a path may mean
   * a flat name as well as a way through maps.
   */
  public String flatKey() {
    return String.join(".", keys);
  }

  /**
   * What stands there: a {@link ByteSlice} for the body, else an attribute value; null when nothing
   * does.
   */
  public @Nullable Object get(Item item) {
    return switch (root) {
      case BODY -> item.body();
      case SEVERITY_TEXT -> item.severityText();
      case ATTRIBUTES -> find(item.attributes());
      case RESOURCE -> find(item.resource());
    };
  }

  private @Nullable Object find(Map<String, @Nullable Object> map) {
    if (keys.size() == 1) {
      return map.get(keys.get(0));
    }
    Object value = map;
    for (int i = 0; i < keys.size() && value != null; i++) {
      value = value instanceof Map<?, ?> inner ? inner.get(keys.get(i)) : null;
    }
    return value != null ? value : map.get(flatKey());
  }
}
