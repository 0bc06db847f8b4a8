package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.config.Position;
import io.forebay.core.config.Yaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A pipeline that can run: no cycles, no link that leads nowhere, every node's configuration read.
 * Disabled nodes are gone, and so are sources and processors that lead to no destination, so that
 * nothing is read that nobody keeps. Immutable.
 */
public final class PipelineGraph {

  private final AgentSettings settings;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<Link> links;
  private final Map<String, List<Link>> outgoing;
  private final Map<String, List<Link>> incoming;

  /** Takes checked nodes in topological order. */
  PipelineGraph(AgentSettings settings, List<Node> nodes, List<Link> links) {
    this.settings = settings;
    nodes.forEach(node -> this.nodes.put(node.name(), node));
    this.links = List.copyOf(links);
    this.outgoing = this.links.stream().collect(Collectors.groupingBy(Link::from));
    this.incoming = this.links.stream().collect(Collectors.groupingBy(Link::to));
  }

  /**
   * A node.
   *
   * @param config an instance of the factory's {@code configType()}
   * @param description for people; may be empty
   * @param source the node's block in the file
   */
  public record Node(
      String name,
      NodeKind kind,
      ComponentFactory<?> factory,
      Record config,
      String description,
      Yaml.Mapping source) {

    /** The type's own name, also where the file uses an alias. */
    public String type() {
      return factory.type();
    }

    /** Where the value at the end of a path of keys stands, or the nearest there is. */
    public Position locate(String... path) {
      return source.locate(path);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A link.
   *
   * @param path the exit of {@code from}; empty ({@code Batch.DEFAULT_PATH}) for the ordinary one
   */
  public record Link(String from, String path, String to) {}

  public AgentSettings settings() {
    return settings;
  }

  /** All nodes, each after all nodes that lead to it. */
  public List<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Nodes of one kind, in the order of {@link #nodes()}. */
  public List<Node> nodes(NodeKind kind) {
    return nodes.values().stream().filter(node -> node.kind() == kind).toList();
  }

  public Optional<Node> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** The node alone, without links, under the same settings; empty when there is none. */
  public Optional<PipelineGraph> alone(String name) {
    return node(name).map(node -> new PipelineGraph(settings, List.of(node), List.of()));
  }

  /** All links, in the order of the file. */
  public List<Link> links() {
    return links;
  }

  /** Links out of a node. */
  public List<Link> outgoing(String node) {
    return List.copyOf(outgoing.getOrDefault(node, List.of()));
  }

  /** Links out of one exit of a node; the ordinary exit is the empty path. */
  public List<Link> outgoing(String node, String path) {
    return outgoing(node).stream().filter(link -> link.path().equals(path)).toList();
  }

  /** Exits of a node that a link leads from. */
  public Set<String> linkedPaths(String node) {
    Set<String> paths = new TreeSet<>();
    outgoing(node).forEach(link -> paths.add(link.path()));
    return paths;
  }

  /** Links into a node. */
  public List<Link> incoming(String node) {
    return List.copyOf(incoming.getOrDefault(node, List.of()));
  }
}
