package io.forebay.core.component;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The node types at hand, by name. Immutable. */
public final class ComponentRegistry {

  private final Map<String, ComponentFactory<?>> byType;
  private final Map<String, ComponentFactory<?>> byAlias;

  private ComponentRegistry(Iterable<? extends ComponentFactory<?>> factories) {
    Map<String, ComponentFactory<?>> types = new TreeMap<>();
    Map<String, ComponentFactory<?>> aliases = new TreeMap<>();
    for (ComponentFactory<?> factory : factories) {
      ComponentFactory<?> other = types.putIfAbsent(factory.type(), factory);
      if (other != null) {
        throw new IllegalStateException(
            "node type "
                + factory.type()
                + " is provided by both "
                + other.getClass().getName()
                + " and "
                + factory.getClass().getName());
      }
      factory.aliases().forEach(alias -> aliases.put(alias, factory));
    }
    this.byType = Collections.unmodifiableMap(types);
    this.byAlias = Collections.unmodifiableMap(aliases);
  }

  /**
   * Every factory that the class path offers.
   *
   * @throws IllegalStateException when two of them claim one type
   */
  @SuppressWarnings("rawtypes")
  public static ComponentRegistry load() {
    List<ComponentFactory<?>> found = new ArrayList<>();
    for (ComponentFactory factory : ServiceLoader.load(ComponentFactory.class)) {
      found.add(factory);
    }
    return new ComponentRegistry(found);
  }

  /** Exactly these factories. */
  public static ComponentRegistry of(ComponentFactory<?>... factories) {
    return new ComponentRegistry(List.of(factories));
  }

  public Optional<ComponentFactory<?>> find(String type) {
    ComponentFactory<?> factory = byType.get(type);
    return Optional.ofNullable(factory != null ? factory : byAlias.get(type));
  }

  /** All factories, ordered by type. */
  public Collection<ComponentFactory<?>> all() {
    return byType.values();
  }
}
