package io.forebay.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.PipelineLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents show must load, and what they point to must be there. */
class DocumentationTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern YAML =
      Pattern.compile("```yaml\n(version: v3\n.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
  private static final ComponentRegistry REGISTRY = ComponentRegistry.load();

  static Stream<Path> documents() throws IOException {
    List<Path> documents =
        new ArrayList<>(
            List.of(ROOT.resolve("README.md"), ROOT.resolve("persistent-queue/FORMAT.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents.stream();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void itsPipelinesLoad(Path document) throws IOException {
    Matcher blocks = YAML.matcher(Files.readString(document));
    while (blocks.find()) {
      PipelineLoader.Loaded loaded =
          PipelineLoader.parse(
              new SourceText(document.toString(), blocks.group(1)), REGISTRY, name -> null);

      assertThat(loaded.problems().hasErrors()).as(loaded.problems().render()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void itsLinksLeadSomewhere(Path document) throws IOException {
    Matcher links = LINK.matcher(Files.readString(document));
    while (links.find()) {
      assertThat(document.resolveSibling(links.group(1))).exists();
    }
  }

  @Test
  void theReadmeShowsAPipeline() throws IOException {
    assertThat(YAML.matcher(Files.readString(ROOT.resolve("README.md"))).find()).isTrue();
  }

  @Test
  void everyNodeTypeHasItsPage() {
    assertThat(REGISTRY.all().stream().map(ComponentFactory::type))
        .isNotEmpty()
        .allSatisfy(type -> assertThat(ROOT.resolve("docs/nodes/" + type + ".md")).exists());
  }
}
