package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.config.Problems;
import io.forebay.core.config.SourceText;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.YamlReader;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a node's own keys from a text, without a pipeline around them: for the tests of node types.
 */
public final class NodeParser {

  private NodeParser() {}

  /** What came of it: the record, or problems, or the record and warnings. */
  public record Parsed<C extends Record>(Optional<C> config, Problems problems) {

    /**
     * The record.
     *
     * @throws IllegalArgumentException with the problems printed, when there is none
     */
    public C orThrow() {
      return config.orElseThrow(() -> new IllegalArgumentException(problems.render()));
    }
  }

  /** Reads {@code yaml}, in which name and type may be missing, with an empty environment. */
  public static <C extends Record> Parsed<C> parse(ComponentFactory<C> factory, String yaml) {
    return parse(factory, yaml, ComponentRegistry.of(factory), Map.<String, String>of()::get);
  }

  /** Reads {@code yaml}, with the processors of {@code registry} for nested ones. */
  public static <C extends Record> Parsed<C> parse(
      ComponentFactory<C> factory,
      String yaml,
      ComponentRegistry registry,
      Function<String, @Nullable String> environment) {
    SourceText source = new SourceText("node.yaml", yaml.isBlank() ? "{}" : yaml);
    Problems problems = new Problems(source);
    Yaml tree = YamlReader.read(source, problems).orElse(null);
    C config = null;
    if (tree instanceof Yaml.Mapping block) {
      config = new PipelineReader(registry, problems, environment).readNode(factory, block);
    } else if (tree != null) {
      problems.error(tree.position(), null, "a node is a block of keys", null);
    }
    return new Parsed<>(
        problems.hasErrors() ? Optional.empty() : Optional.ofNullable(config), problems);
  }
}
