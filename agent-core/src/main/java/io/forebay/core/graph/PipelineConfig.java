package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.config.Position;
import io.forebay.core.config.Yaml;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline file as read, before anybody looked at how its parts fit together.
 *
 * @param settings null when they have problems
 * @param source the whole file
 */
record PipelineConfig(
    @Nullable AgentSettings settings,
    List<NodeConfig> nodes,
    List<LinkConfig> links,
    Yaml.Mapping source) {

  PipelineConfig {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
  }

  /**
   * A node.
   *
   * @param factory null when the type is not known
   * @param config null when the node is disabled or has problems
   * @param source the node's block
   */
  record NodeConfig(
      String name,
      NodeKind kind,
      @Nullable ComponentFactory<?> factory,
      @Nullable Record config,
      boolean disabled,
      String description,
      Yaml.Mapping source) {

    Position position() {
      return source.locate("name");
    }

    /** The exits that a link may choose; null when the type is not known. */
    @Nullable Set<String> paths() {
      return factory == null ? null : factory.paths();
    }
  }

  /** A link; {@code path} is empty for the ordinary exit. */
  record LinkConfig(String from, String path, String to, Yaml.Mapping source) {}
}
