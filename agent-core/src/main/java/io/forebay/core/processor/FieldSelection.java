package io.forebay.core.processor;

import io.forebay.core.item.FieldPath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a tree are meant: a tree of the keys that were named, each included, excluded or
 * merely on the way. What is not named follows the field around it. Immutable once built.
 */
final class FieldSelection {

  private enum Word {
    INCLUDED,
    EXCLUDED
  }

  private final Map<String, FieldSelection> children = new HashMap<>();
  private @Nullable Word word;

  private FieldSelection() {}

  /** The selection within one field of the item; exclusion wins where a path is named twice. */
  static FieldSelection of(
      FieldPath.Root root, List<FieldPath> included, List<FieldPath> excluded) {
    FieldSelection selection = new FieldSelection();
    included.forEach(path -> selection.mark(root, path, Word.INCLUDED));
    excluded.forEach(path -> selection.mark(root, path, Word.EXCLUDED));
    return selection;
  }

  private void mark(FieldPath.Root root, FieldPath path, Word newWord) {
    if (path.root() != root) {
      return;
    }
    FieldSelection at = this;
    for (String key : path.keys()) {
      at = at.child(key);
    }
    at.word = newWord;
    if (path.keys().size() > 1) {
      child(path.flatKey()).word = newWord;
    }
  }

  private FieldSelection child(String key) {
    return children.computeIfAbsent(key, k -> new FieldSelection());
  }

  /** The selection within the key's value; null when neither it nor anything in it is named. */
  @Nullable FieldSelection within(String key) {
    return children.get(key);
  }

  /** Whether the field is meant, given whether the field around it is. */
  boolean isSelected(boolean inherited) {
    return word == null ? inherited : word == Word.INCLUDED;
  }

  /** Whether nothing within can be meant, given whether the field around is. */
  boolean isEmpty(boolean inherited) {
    return !isSelected(inherited) && children.isEmpty();
  }
}
