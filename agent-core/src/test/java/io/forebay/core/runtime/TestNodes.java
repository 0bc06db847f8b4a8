package io.forebay.core.runtime;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import java.util.function.Function;

/** Node types for pipelines written in YAML. */
final class TestNodes {

  private TestNodes() {}

  /** No keys. */
  record NoKeys() {}

  /** The shared keys only. */
  record SharedKeys(@Key(value = "", flattened = true) DestinationSettings shared) {}

  /** The type {@code test_input}. */
  record TestSource(Function<ComponentContext, Source> maker) implements SourceFactory<NoKeys> {
    @Override
    public String type() {
      return "test_input";
    }

    @Override
    public String summary() {
      return "For tests.";
    }

    @Override
    public Class<NoKeys> configType() {
      return NoKeys.class;
    }

    @Override
    public Source create(NoKeys config, ComponentContext context) {
      return maker.apply(context);
    }
  }

  /** The type {@code test_output}. */
  record TestDestination(Function<ComponentContext, Destination> maker)
      implements DestinationFactory<SharedKeys> {
    @Override
    public String type() {
      return "test_output";
    }

    @Override
    public String summary() {
      return "For tests.";
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
      return maker.apply(context);
    }
  }
}
