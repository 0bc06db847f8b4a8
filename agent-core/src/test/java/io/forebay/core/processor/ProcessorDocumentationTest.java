package io.forebay.core.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.ProcessorFactory;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.PipelineLoader;
import io.forebay.core.graph.PipelineLoader.Loaded;
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
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference pages of the built-in processors name every key, and their examples are valid. */
class ProcessorDocumentationTest {

  private static final Pattern YAML =
      Pattern.compile("```yaml\n(version: v3.*?)```", Pattern.DOTALL);

  static Stream<ComponentFactory<?>> processors() {
    return StreamSupport.stream(ComponentRegistry.load().all().spliterator(), false)
        .filter(ProcessorFactory.class::isInstance);
  }

  private static String page(ComponentFactory<?> factory) throws IOException {
    return Files.readString(Path.of("..", "docs", "nodes", factory.type() + ".md"));
  }

  @ParameterizedTest
  @MethodSource("processors")
  void namesEveryKeyAndExit(ComponentFactory<?> factory) throws IOException {
    String page = page(factory);

    for (var component : factory.configType().getRecordComponents()) {
      Key key = component.getAnnotation(Key.class);
      assertThat(key).isNotNull();
      String name =
          key.name().isEmpty()
              ? component.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT)
              : key.name();
      assertThat(page).contains("| `" + name + "` |");
    }
    factory.paths().forEach(path -> assertThat(page).contains("| `" + path + "` |"));
  }

  @ParameterizedTest
  @MethodSource("processors")
  void itsExamplesAreValid(ComponentFactory<?> factory) throws IOException {
    Matcher matcher = YAML.matcher(page(factory));
    List<String> examples = new ArrayList<>();
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }

    assertThat(examples).isNotEmpty();
    List<ComponentFactory<?>> types = new ArrayList<>(processors().toList());
    types.add(new Stdin());
    types.add(new Nowhere());
    ComponentRegistry registry = ComponentRegistry.of(types.toArray(new ComponentFactory<?>[0]));
    for (String example : examples) {
      Loaded loaded =
          PipelineLoader.parse(
              new SourceText(factory.type() + ".md", example),
              registry,
              Map.<String, String>of()::get);
      assertThat(loaded.problems().render()).isEmpty();
      assertThat(loaded.graph()).isPresent();
    }
  }

  /** No keys. */
  record NoKeys() {}

  /** The shared keys only. */
  record SharedKeys(@Key(value = "", flattened = true) DestinationSettings shared) {}

  private static final class Stdin implements SourceFactory<NoKeys> {
    @Override
    public String type() {
      return "stdin_input";
    }

    @Override
    public String summary() {
      return "";
    }

    @Override
    public Class<NoKeys> configType() {
      return NoKeys.class;
    }

    @Override
    public Source create(NoKeys config, ComponentContext context) {
      throw new UnsupportedOperationException();
    }
  }

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
