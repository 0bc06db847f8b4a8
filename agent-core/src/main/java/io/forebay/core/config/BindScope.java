package io.forebay.core.config;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is needed to read the values of one node or of the settings.
 *
 * @param node the node's name, or null outside of nodes
 * @param blockReaders for types of values that this package does not know itself
 */
public record BindScope(
    Problems problems,
    @Nullable String node,
    Interpolation interpolation,
    IgnoredKeys ignored,
    Map<Class<?>, BlockReader<?>> blockReaders) {

  /** Reads values of a type that this package does not know itself. */
  @FunctionalInterface
  public interface BlockReader<T> {

    /**
     * The value; null when there is none, either because it is switched off or because it has
     * problems, which then were reported.
     */
    @Nullable T read(Yaml value, BindScope scope);
  }

  public BindScope ofNode(String name) {
    return new BindScope(problems, name, interpolation, ignored, blockReaders);
  }

  public void error(Position position, String message, @Nullable String suggestion) {
    problems.error(position, node, message, suggestion);
  }

  public void unknown(Position position, String message, String written, Collection<String> known) {
    problems.unknown(position, node, message, written, known);
  }

  public void warning(Position position, String message, @Nullable String suggestion) {
    problems.warning(position, node, message, suggestion);
  }

  int errors() {
    return problems.errorCount();
  }
}
