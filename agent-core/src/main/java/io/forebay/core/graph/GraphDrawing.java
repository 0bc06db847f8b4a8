package io.forebay.core.graph;

import io.forebay.core.graph.PipelineGraph.Link;
import io.forebay.core.graph.PipelineGraph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws a graph as text for Mermaid and for Graphviz. Names are free text, so nodes are numbered
 * and names stand in labels only, with all that either language could read as its own escaped.
 */
public final class GraphDrawing {

  private GraphDrawing() {}

  /** A Mermaid flow chart, from left to right. Ends with a line feed. */
  public static String mermaid(PipelineGraph graph) {
    Map<String, String> ids = ids(graph);
    StringBuilder out = new StringBuilder("flowchart LR\n");
    for (Node node : graph.nodes()) {
      String[] brackets =
          switch (node.kind()) {
            case SOURCE -> new String[] {"([", "])"};
            case PROCESSOR -> new String[] {"[", "]"};
            case DESTINATION -> new String[] {"[(", ")]"};
          };
      out.append("  ").append(ids.get(node.name())).append(brackets[0]).append('"');
      out.append(mermaidText(node.name())).append("<br/>").append(mermaidText(node.type()));
      out.append('"').append(brackets[1]).append('\n');
    }
    for (Link link : graph.links()) {
      out.append("  ").append(ids.get(link.from())).append(" -->");
      if (!link.path().isEmpty()) {
        out.append("|\"").append(mermaidText(link.path())).append("\"|");
      }
      out.append(' ').append(ids.get(link.to())).append('\n');
    }
    return out.toString();
  }

  /** A digraph in Graphviz's language, from left to right. Ends with a line feed. */
  public static String dot(PipelineGraph graph) {
    Map<String, String> ids = ids(graph);
    StringBuilder out = new StringBuilder("digraph pipeline {\n  rankdir=LR;\n");
    for (Node node : graph.nodes()) {
      String shape =
          switch (node.kind()) {
            case SOURCE -> "oval";
            case PROCESSOR -> "box";
            case DESTINATION -> "cylinder";
          };
      out.append("  ").append(ids.get(node.name()));
      out.append(" [shape=").append(shape).append(", label=\"");
      out.append(dotText(node.name())).append("\\n").append(dotText(node.type())).append("\"];\n");
    }
    for (Link link : graph.links()) {
      out.append("  ").append(ids.get(link.from())).append(" -> ").append(ids.get(link.to()));
      if (!link.path().isEmpty()) {
        out.append(" [label=\"").append(dotText(link.path())).append("\"]");
      }
      out.append(";\n");
    }
    return out.append("}\n").toString();
  }

  private static Map<String, String> ids(PipelineGraph graph) {
    Map<String, String> ids = new HashMap<>();
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      ids.put(nodes.get(i).name(), "n" + i);
    }
    return ids;
  }

  private static String dotText(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** Everything but letters, digits and a few harmless signs as a numbered entity. */
  private static String mermaidText(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (Character.isLetterOrDigit(c) || " _-.,+:/".indexOf(c) >= 0) {
                out.appendCodePoint(c);
              } else {
                out.append('#').append(c).append(';');
              }
            });
    return out.toString();
  }
}
