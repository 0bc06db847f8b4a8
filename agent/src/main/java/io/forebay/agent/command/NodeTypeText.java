package io.forebay.agent.command;

import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentFactory;
import io.forebay.core.config.KeyDescription;
import io.forebay.core.graph.NodeKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A node type and its keys as text for people. */
final class NodeTypeText {

  private static final int WIDTH = 100;

  private final Style style;

  NodeTypeText(Style style) {
    this.style = style;
  }

  /** Ends with a line feed. */
  String describe(ComponentFactory<?> factory) {
    StringBuilder out = new StringBuilder(4096);
    out.append(style.bold(factory.type()))
        .append("  (")
        .append(NodeKind.of(factory).word())
        .append(")\n");
    wrapped(out, factory.summary(), 2);
    if (!factory.aliases().isEmpty()) {
      out.append("  Also accepted as: ").append(String.join(", ", factory.aliases())).append('\n');
    }
    if (!factory.paths().isEmpty()) {
      out.append("  Exits beside the ordinary one: ")
          .append(String.join(", ", factory.paths()))
          .append('\n');
    }
    out.append('\n');
    List<KeyDescription> keys = new ArrayList<>(KeyDescription.of(factory.configType()));
    // What must be written first is read first.
    keys.sort(Comparator.comparing(key -> !key.required()));
    keys(out, keys, 2);
    return out.toString();
  }

  private void keys(StringBuilder out, List<KeyDescription> keys, int indent) {
    for (KeyDescription key : keys) {
      out.append(" ".repeat(indent))
          .append(style.cyan(key.name()))
          .append("  ")
          .append(style.faint(remarks(key)))
          .append('\n');
      wrapped(out, key.meaning(), indent + 4);
      keys(out, key.nested(), indent + 4);
    }
  }

  private static String remarks(KeyDescription key) {
    StringBuilder out = new StringBuilder(key.type());
    if (key.required()) {
      out.append("; required");
    }
    if (!key.defaultValue().isEmpty()) {
      out.append("; default ").append(key.defaultValue());
    }
    if (!key.aliases().isEmpty()) {
      out.append("; also ").append(String.join(", ", key.aliases()));
    }
    return out.toString();
  }

  private static void wrapped(StringBuilder out, String text, int indent) {
    int column = 0;
    for (String word : text.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        out.append('\n');
        column = 0;
      }
      if (column == 0) {
        out.append(" ".repeat(indent));
        column = indent;
      } else {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
    }
    out.append('\n');
  }
}
