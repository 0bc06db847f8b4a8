package io.forebay.source;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.PipelineLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads pipelines of the sources and of a destination that stands for any. */
public final class Pipelines {

  private Pipelines() {}

  /** All that the class path offers, and {@code void_output}. */
  public static ComponentRegistry registry() {
    List<ComponentFactory<?>> factories = new ArrayList<>(ComponentRegistry.load().all());
    factories.add(new Nowhere());
    return ComponentRegistry.of(factories.toArray(new ComponentFactory<?>[0]));
  }

  /** Reads a pipeline whose only source is the node of these lines, indented by four. */
  public static PipelineLoader.Loaded load(String... keys) {
    String pipeline =
        "version: v3\nnodes:\n  - name: in\n    "
            + String.join("\n    ", keys)
            + "\n  - name: out\n    type: void_output\nlinks:\n  - from: in\n    to: out\n";
    return PipelineLoader.parse(
        new SourceText("test.yaml", pipeline), registry(), Map.<String, String>of()::get);
  }

  /** The configuration record of that source; fails when the pipeline has problems. */
  public static <C extends Record> C config(Class<C> type, String... keys) {
    PipelineLoader.Loaded loaded = load(keys);
    return loaded
        .graph()
        .flatMap(graph -> graph.node("in"))
        .map(node -> type.cast(node.config()))
        .orElseThrow(() -> new AssertionError(loaded.problems().render()));
  }

  /** The shared keys only. */
  record SharedKeys(@Key(value = "", flattened = true) DestinationSettings shared) {}

  private static final class Nowhere implements DestinationFactory<SharedKeys> {
    @Override
    public String type() {
      return "void_output";
    }

    @Override
    public String summary() {
      return "";
    }

    @Override
    public Class<SharedKeys> configType() {
      return SharedKeys.class;
    }

    @Override
    public DestinationSettings settings(SharedKeys config) {
      return config.shared();
    }

    @Override
    public Destination create(SharedKeys config, ComponentContext context) {
      throw new UnsupportedOperationException();
    }
  }
}
