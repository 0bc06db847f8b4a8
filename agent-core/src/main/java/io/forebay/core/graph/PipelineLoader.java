package io.forebay.core.graph;

import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.config.Problems;
import io.forebay.core.config.SourceText;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.YamlReader;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From a pipeline file to a checked graph. Opens nothing but the file. */
public final class PipelineLoader {

  private PipelineLoader() {}

  /**
   * What came of a file.
   *
   * @param graph empty when there are errors
   * @param problems errors and warnings
   */
  public record Loaded(Optional<PipelineGraph> graph, Problems problems) {}

  /**
   * Reads a pipeline file. Never throws because of what is in the file or because it is not there.
   *
   * @param environment looks up {@code {{ Env "NAME" }}}, such as {@code System::getenv}
   */
  public static Loaded load(
      Path file, ComponentRegistry registry, Function<String, @Nullable String> environment) {
    Problems problems = new Problems(new SourceText(file.toString(), ""));
    return SourceText.read(file, problems)
        .map(source -> parse(source, registry, environment))
        .orElseGet(() -> new Loaded(Optional.empty(), problems));
  }

  /** Reads a pipeline from text. */
  public static Loaded parse(
      SourceText source,
      ComponentRegistry registry,
      Function<String, @Nullable String> environment) {
    Problems problems = new Problems(source);
    Optional<Yaml> tree = YamlReader.read(source, problems);
    Optional<PipelineGraph> graph =
        tree.map(yaml -> new PipelineReader(registry, problems, environment).read(yaml))
            .flatMap(config -> GraphChecks.check(config, problems));
    return new Loaded(graph, problems);
  }
}
