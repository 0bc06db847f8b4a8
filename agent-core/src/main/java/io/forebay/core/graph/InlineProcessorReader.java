package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.InlineProcessor;
import io.forebay.core.component.ProcessorFactory;
import io.forebay.core.config.BindScope;
import io.forebay.core.config.RecordBinder;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.Yaml.Entry;
import io.forebay.core.config.Yaml.Mapping;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a step of a {@code sequence}: a block with a processor's type and keys. */
final class InlineProcessorReader implements BindScope.BlockReader<InlineProcessor> {

  private static final Set<String> WITHOUT_EFFECT =
      Set.of("comment", "data_types", "error_mode", "final", "metadata");

  private final ComponentRegistry registry;

  InlineProcessorReader(ComponentRegistry registry) {
    this.registry = registry;
  }

  @Override
  public @Nullable InlineProcessor read(Yaml value, BindScope scope) {
    if (!(value instanceof Mapping step)) {
      scope.error(
          value.position(),
          "a processor is a block of keys, and this is " + value.kind(),
          "write '- type: …' and the keys of that type");
      return null;
    }
    NodeFields fields = new NodeFields(step, scope);
    boolean disabled = fields.flag("disabled");
    String type = fields.required("type");
    if (disabled || type == null || type.equals("comment")) {
      return null;
    }
    Optional<ComponentFactory<?>> factory = registry.find(type);
    if (factory.orElse(null) instanceof ProcessorFactory<?> processor) {
      return bind(processor, step, scope);
    }
    List<String> processors =
        registry.all().stream()
            .filter(ProcessorFactory.class::isInstance)
            .map(ComponentFactory::type)
            .toList();
    scope.unknown(
        step.locate("type"),
        "'" + type + "' is " + (factory.isPresent() ? "no processor" : "no known processor type"),
        type,
        processors);
    return null;
  }

  private static @Nullable InlineProcessor bind(
      ProcessorFactory<?> factory, Mapping step, BindScope scope) {
    Set<String> own = Set.copyOf(RecordBinder.keysOf(factory.configType()));
    Set<String> handled = new HashSet<>(Set.of("type", "disabled"));
    for (Entry entry : step.entries().values()) {
      if (!own.contains(entry.key()) && isShared(entry, scope)) {
        handled.add(entry.key());
      }
    }
    Record config =
        new RecordBinder(scope).bind(factory.configType(), step, factory.type(), handled);
    return config == null ? null : new InlineProcessor(factory, config);
  }

  /** Whether the key is one that every step may have; complains of those that cannot be obeyed. */
  private static boolean isShared(Entry entry, BindScope scope) {
    switch (entry.key()) {
      case "condition" ->
          scope.error(
              entry.position(),
              "conditions of steps are not supported, and without it the step would change every item",
              "remove the step, or filter before it");
      case "keep_item" -> {
        if (new NodeFields(entry, scope).flag("keep_item")) {
          scope.error(entry.position(), "keep_item: true is not supported", "remove the key");
        }
      }
      default -> {
        if (!WITHOUT_EFFECT.contains(entry.key())) {
          return false;
        }
        if (!Set.of("comment", "metadata").contains(entry.key())) {
          scope.ignored().note("processors", entry, scope.node());
        }
      }
    }
    return true;
  }
}
