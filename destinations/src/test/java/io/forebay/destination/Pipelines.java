package io.forebay.destination;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.Problems;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.graph.PipelineLoader;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * Reads pipelines with the destinations that the class path offers and a source that does nothing.
 */
public final class Pipelines {

  private static final ComponentRegistry REGISTRY = registry();

  private Pipelines() {}

  /** The configuration of a destination node with these keys. */
  public static <C extends Record> C config(Class<C> type, String node, String... keys) {
    PipelineLoader.Loaded loaded = load(pipeline(node, keys));
    PipelineGraph graph =
        loaded.graph().orElseThrow(() -> new AssertionError(loaded.problems().render()));
    return graph.nodes().stream()
        .filter(n -> n.name().equals("out"))
        .map(n -> type.cast(n.config()))
        .findFirst()
        .orElseThrow();
  }

  /** What is wrong with a destination node with these keys. */
  public static String problems(String node, String... keys) {
    Problems problems = load(pipeline(node, keys)).problems();
    return problems.render();
  }

  public static PipelineLoader.Loaded load(String yaml) {
    return PipelineLoader.parse(new SourceText("pipeline.yaml", yaml), REGISTRY, name -> null);
  }

  private static String pipeline(String node, String... keys) {
    StringBuilder yaml =
        new StringBuilder("version: v3\nnodes:\n- name: demo\n  type: demo_input\n- name: out\n");
    yaml.append("  type: ").append(node).append('\n');
    for (String key : keys) {
      yaml.append("  ").append(key).append('\n');
    }
    return yaml + "links:\n- from: demo\n  to: out\n";
  }

  private static ComponentRegistry registry() {
    List<ComponentFactory<?>> factories = new ArrayList<>(ComponentRegistry.load().all());
    factories.add(new DemoInput());
    return ComponentRegistry.of(factories.toArray(ComponentFactory<?>[]::new));
  }

  record DemoInputConfig() {}

  private static final class DemoInput implements SourceFactory<DemoInputConfig> {
    @Override
    public String type() {
      return "demo_input";
    }

    @Override
    public String summary() {
      return "Reads nothing.";
    }

    @Override
    public Class<DemoInputConfig> configType() {
      return DemoInputConfig.class;
    }

    @Override
    public Source create(DemoInputConfig config, ComponentContext context) {
      return Flux::never;
    }
  }
}
