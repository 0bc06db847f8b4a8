package io.forebay.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.Key;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.PipelineLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference pages of the sources name every key with its default, and their examples hold. */
class SourceDocumentationTest {

  private static final Pattern YAML =
      Pattern.compile("```yaml\n(version: v3.*?)```", Pattern.DOTALL);

  static Stream<ComponentFactory<?>> sources() {
    return ComponentRegistry.load().all().stream().filter(SourceFactory.class::isInstance);
  }

  private static String page(ComponentFactory<?> factory) throws IOException {
    return Files.readString(Path.of("..", "docs", "nodes", factory.type() + ".md"));
  }

  @ParameterizedTest
  @MethodSource("sources")
  void names_every_key_with_its_default(ComponentFactory<?> factory) throws IOException {
    String page = page(factory);
    for (var component : factory.configType().getRecordComponents()) {
      Key key = component.getAnnotation(Key.class);
      assertThat(key).isNotNull();
      String name =
          key.name().isEmpty()
              ? component.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT)
              : key.name();
      String row =
          page.lines().filter(l -> l.startsWith("| `" + name + "` |")).findAny().orElse("");
      assertThat(row).as("row of %s", name).isNotEmpty();
      if (!key.defaultValue().isEmpty()) {
        assertThat(row).contains("| `" + key.defaultValue() + "` |");
      } else if (key.required()) {
        assertThat(row).contains("| required |");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void its_examples_are_valid(ComponentFactory<?> factory) throws IOException {
    Matcher matcher = YAML.matcher(page(factory));
    List<String> examples = new ArrayList<>();
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      PipelineLoader.Loaded loaded =
          PipelineLoader.parse(
              new SourceText(factory.type() + ".md", example),
              Pipelines.registry(),
              Map.<String, String>of()::get);
      assertThat(loaded.problems().render()).isEmpty();
      assertThat(loaded.graph()).isPresent();
    }
  }
}
