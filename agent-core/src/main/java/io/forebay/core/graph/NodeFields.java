package io.forebay.core.graph;

import io.forebay.core.config.BindScope;
import io.forebay.core.config.Interpolation;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.Yaml.Mapping;
import io.forebay.core.config.Yaml.Scalar;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the keys that belong to no node type: names, types, flags. */
final class NodeFields {

  private static final int MAX_LENGTH = 256;

  private final Mapping block;
  private final BindScope scope;

  NodeFields(Mapping block, BindScope scope) {
    this.block = block;
    this.scope = scope;
  }

  NodeFields(Yaml.Entry entry, BindScope scope) {
    this(new Mapping(entry.position(), Map.of(entry.key(), entry)), scope);
  }

  /** The text behind a key; null after a problem was reported. */
  @Nullable String required(String key) {
    if (block.get(key).isEmpty()) {
      scope.error(block.position(), "key '" + key + "' is missing", null);
      return null;
    }
    return optional(key);
  }

  /** The text behind a key; null when it is missing or after a problem was reported. */
  @Nullable String optional(String key) {
    Yaml value = block.get(key).orElse(null);
    if (value == null) {
      return null;
    }
    if (!(value instanceof Scalar scalar) || scalar.form() != Yaml.Form.TEXT) {
      scope.error(
          value.position(), "key '" + key + "' wants a name, and this is " + value.kind(), null);
      return null;
    }
    Interpolation.Value resolved = scope.interpolation().resolve(scalar, scope);
    if (resolved == null) {
      return null;
    }
    String text = resolved.text().strip();
    if (resolved.secret()) {
      scope.error(value.position(), "key '" + key + "' may not hold a secret", null);
      return null;
    }
    if (text.isEmpty() || text.length() > MAX_LENGTH || !isPrintable(text)) {
      scope.error(
          value.position(),
          "key '" + key + "' wants a name of 1 to " + MAX_LENGTH + " printable characters",
          null);
      return null;
    }
    return text;
  }

  private static boolean isPrintable(String text) {
    return text.codePoints()
        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
  }

  /** Whether a key is true; false when it is missing or after a problem was reported. */
  boolean flag(String key) {
    String text = optional(key);
    if (text == null) {
      return false;
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> {
        scope.error(block.locate(key), "key '" + key + "' wants true or false", null);
        yield false;
      }
    };
  }
}
