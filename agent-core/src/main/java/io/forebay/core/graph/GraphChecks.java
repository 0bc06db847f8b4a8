package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.config.Position;
import io.forebay.core.config.Problems;
import io.forebay.core.graph.PipelineConfig.LinkConfig;
import io.forebay.core.graph.PipelineConfig.NodeConfig;
import io.forebay.core.graph.PipelineGraph.Link;
import io.forebay.core.graph.PipelineGraph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at how nodes and links fit together, and makes the graph of those that do. */
final class GraphChecks {

  private final PipelineConfig config;
  private final Problems problems;
  private final Map<String, NodeConfig> nodes = new LinkedHashMap<>();
  private final List<LinkConfig> links = new ArrayList<>();

  private GraphChecks(PipelineConfig config, Problems problems) {
    this.config = config;
    this.problems = problems;
  }

  /** The graph; empty when this file has errors, which were reported. */
  static Optional<PipelineGraph> check(PipelineConfig config, Problems problems) {
    GraphChecks checks = new GraphChecks(config, problems);
    checks.collectNodes();
    checks.collectLinks();
    Topology all = checks.topology(checks.nodes.keySet());
    checks.reportCycles(all);
    checks.requireEnds();
    Set<String> kept = checks.reportUnreachable(all);
    if (!problems.hasErrors()
        && kept.stream().noneMatch(checks.namesOf(NodeKind.SOURCE)::contains)) {
      problems.error(
          Position.FILE, null, "no source leads to any destination", "link them under 'links'");
    }
    QueueDirectories.check(checks.nodes.values(), problems);
    DiskBudgetCheck.check(config, problems);
    AgentSettings settings = config.settings();
    if (problems.hasErrors() || settings == null) {
      return Optional.empty();
    }
    return Optional.of(checks.graph(settings, kept));
  }

  private void collectNodes() {
    for (NodeConfig node : config.nodes()) {
      if (node.name().isEmpty()) {
        continue;
      }
      NodeConfig first = nodes.putIfAbsent(node.name(), node);
      if (first != null) {
        problems.error(
            node.position(),
            node.name(),
            "the name is taken",
            "the node on line " + first.position().line() + " has it; names must be unique");
      }
    }
  }

  private void collectLinks() {
    Map<String, LinkConfig> seen = new LinkedHashMap<>();
    for (LinkConfig link : config.links()) {
      NodeConfig from = end(link, "from", link.from());
      NodeConfig to = end(link, "to", link.to());
      if (from == null || to == null) {
        continue;
      }
      LinkConfig twin = seen.putIfAbsent(link.from() + "\0" + link.path() + "\0" + link.to(), link);
      if (twin != null) {
        problems.error(
            link.source().position(),
            null,
            "the link from '" + link.from() + "' to '" + link.to() + "' stands twice",
            "every item would be sent twice; it stands on line "
                + twin.source().position().line()
                + " already");
      } else if (fits(link, from, to) && !from.disabled() && !to.disabled()) {
        links.add(link);
      }
    }
  }

  private @Nullable NodeConfig end(LinkConfig link, String key, String name) {
    NodeConfig node = nodes.get(name);
    if (node == null) {
      problems.unknown(
          link.source().locate(key),
          null,
          "the link's '" + key + "' names no node: '" + name + "'",
          name,
          nodes.keySet());
    }
    return node;
  }

  private boolean fits(LinkConfig link, NodeConfig from, NodeConfig to) {
    boolean fits = true;
    if (from.name().equals(to.name())) {
      problems.error(
          link.source().position(), from.name(), "the node is linked to itself", "remove the link");
      return false;
    }
    if (from.kind() == NodeKind.DESTINATION) {
      problems.error(
          link.source().locate("from"),
          from.name(),
          "a destination has no exit, so no link can come from it",
          "are 'from' and 'to' the wrong way round?");
      fits = false;
    }
    if (to.kind() == NodeKind.SOURCE) {
      problems.error(
          link.source().locate("to"),
          to.name(),
          "a source takes nothing in, so no link can lead to it",
          "are 'from' and 'to' the wrong way round?");
      fits = false;
    }
    Set<String> paths = from.paths();
    if (!link.path().isEmpty() && paths != null && !paths.contains(link.path())) {
      Position position = link.source().locate("path");
      String message = "the node has no exit '" + link.path() + "'";
      if (paths.isEmpty()) {
        problems.error(position, from.name(), message, "it has one exit only: remove 'path'");
      } else {
        problems.unknown(position, from.name(), message, link.path(), paths);
      }
      fits = false;
    }
    return fits;
  }

  private Topology topology(Set<String> names) {
    List<Link> inside = new ArrayList<>();
    for (LinkConfig link : links) {
      if (names.contains(link.from()) && names.contains(link.to())) {
        inside.add(new Link(link.from(), link.path(), link.to()));
      }
    }
    return new Topology(names, inside);
  }

  private void reportCycles(Topology topology) {
    for (List<String> cycle : topology.cycles()) {
      String last = cycle.get(cycle.size() - 2);
      String first = cycle.get(cycle.size() - 1);
      Position closing =
          links.stream()
              .filter(link -> link.from().equals(last) && link.to().equals(first))
              .findFirst()
              .map(link -> link.source().position())
              .orElse(Position.FILE);
      problems.error(
          closing,
          null,
          "the links form a cycle: " + String.join(" → ", cycle),
          "remove one of these links");
    }
  }

  private void requireEnds() {
    for (NodeKind kind : List.of(NodeKind.SOURCE, NodeKind.DESTINATION)) {
      if (nodes.values().stream().noneMatch(node -> node.kind() == kind && !node.disabled())) {
        boolean disabled = nodes.values().stream().anyMatch(node -> node.kind() == kind);
        problems.error(
            Position.FILE,
            null,
            "the pipeline has no " + kind.word() + (disabled ? " that is not disabled" : ""),
            kind == NodeKind.SOURCE
                ? "add a node such as file_input or http_input"
                : "add a node such as http_output");
      }
    }
  }

  /** Warns of what is out of reach, and gives the names of the nodes that stay. */
  private Set<String> reportUnreachable(Topology topology) {
    Set<String> fed = topology.reachedFrom(namesOf(NodeKind.SOURCE));
    Set<String> delivering = topology.leadingTo(namesOf(NodeKind.DESTINATION));
    Map<String, String> cutOff = cutOff();
    Set<String> kept = new LinkedHashSet<>();
    for (NodeConfig node : nodes.values()) {
      String name = node.name();
      if (node.disabled()) {
        continue;
      }
      boolean destination = node.kind() == NodeKind.DESTINATION;
      if (!delivering.contains(name)) {
        problems.warning(
            node.position(),
            name,
            "the " + node.kind().word() + " leads to no destination and is left out",
            "link it to a destination, or set 'disabled: true'" + cutOff.getOrDefault(name, ""));
      } else if (!fed.contains(name)) {
        problems.warning(
            node.position(),
            name,
            "no source leads to the "
                + node.kind().word()
                + (destination
                    ? "; only what its queue holds is delivered"
                    : ", which is left out"),
            "link it behind a source, or set 'disabled: true'" + cutOff.getOrDefault(name, ""));
      }
      if (delivering.contains(name) && (fed.contains(name) || destination)) {
        kept.add(name);
      }
    }
    return kept;
  }

  /** For each node beside a disabled one, a remark on it. */
  private Map<String, String> cutOff() {
    Map<String, String> remarks = new HashMap<>();
    for (LinkConfig link : config.links()) {
      NodeConfig from = nodes.get(link.from());
      NodeConfig to = nodes.get(link.to());
      if (from != null && from.disabled()) {
        remarks.put(link.to(), "; its neighbour '" + link.from() + "' is disabled");
      }
      if (to != null && to.disabled()) {
        remarks.put(link.from(), "; its neighbour '" + link.to() + "' is disabled");
      }
    }
    return remarks;
  }

  private Set<String> namesOf(NodeKind kind) {
    Set<String> names = new LinkedHashSet<>();
    for (NodeConfig node : nodes.values()) {
      if (node.kind() == kind && !node.disabled()) {
        names.add(node.name());
      }
    }
    return names;
  }

  private PipelineGraph graph(AgentSettings settings, Set<String> kept) {
    Topology topology = topology(kept);
    List<Node> inOrder = new ArrayList<>();
    for (String name : topology.inOrder()) {
      NodeConfig node = nodes.get(name);
      ComponentFactory<?> factory = node == null ? null : node.factory();
      Record record = node == null ? null : node.config();
      if (node == null || factory == null || record == null) {
        throw new IllegalStateException("node " + name + " has no configuration, and no problem");
      }
      inOrder.add(new Node(name, node.kind(), factory, record, node.description(), node.source()));
    }
    return new PipelineGraph(settings, inOrder, topology.links());
  }
}
