package io.forebay.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.graph.PipelineLoader;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference pages say what the code does: every key, every default, examples that are read. */
class DestinationDocumentationTest {

  private static final Path PAGES = Path.of("..", "docs", "nodes");
  private static final Pattern YAML =
      Pattern.compile("```yaml\n(version: v3\n.*?)```", Pattern.DOTALL);

  static Stream<DestinationFactory<?>> destinations() {
    return ComponentRegistry.load().all().stream()
        .filter(factory -> factory.getClass().getName().startsWith("io.forebay.destination."))
        .map(factory -> (DestinationFactory<?>) factory);
  }

  @ParameterizedTest
  @MethodSource("destinations")
  void everyDestinationHasAPageWithAnExampleThatIsRead(ComponentFactory<?> factory)
      throws IOException {
    String page = page(factory.type());

    assertThat(page).startsWith("# " + factory.type() + "\n").contains("destination-keys.md");
    assertThat(examples(page)).isNotEmpty();
    for (String yaml : examples(page)) {
      expectReadable(yaml);
      assertThat(yaml).contains("type: " + factory.type());
    }
  }

  @ParameterizedTest
  @MethodSource("destinations")
  void everyKeyIsOnItsPageWithItsDefault(ComponentFactory<?> factory) throws IOException {
    expectKeys(page(factory.type()), factory.configType(), "");
  }

  @Test
  void everySharedKeyIsOnItsPageWithItsDefault() throws IOException {
    String page = page("destination-keys");

    expectKeys(page, DestinationSettings.class, "");
    expectKeys(page, TlsSettings.class, "tls.");
    examples(page).forEach(DestinationDocumentationTest::expectReadable);
    assertThat(examples(page)).hasSize(1);
  }

  private static void expectKeys(String page, Class<?> record, String prefix) {
    for (RecordComponent component : record.getRecordComponents()) {
      Key key = component.getAnnotation(Key.class);
      if (key.flattened()) {
        continue;
      }
      String name = prefix + name(component, key);
      // A block has rows of its own keys, a row for itself, or both.
      if (component.getType().isRecord() && page.contains("| `" + name + ".")) {
        expectKeys(page, component.getType(), name + ".");
        if (!page.contains("| `" + name + "` |")) {
          continue;
        }
      }
      String row = "\\| `" + Pattern.quote(name) + "` \\|[^|]*\\|([^|]*)\\|.*";
      Matcher matcher = Pattern.compile(row).matcher(page);
      assertThat(matcher.find()).as("a row for the key %s", name).isTrue();
      String shown = matcher.group(1).strip();
      if (key.required()) {
        assertThat(shown).as("default of %s", name).isEqualTo("required");
      } else if (!key.defaultValue().isEmpty()) {
        assertThat(shown).as("default of %s", name).isEqualTo("`" + key.defaultValue() + "`");
      }
    }
  }

  private static String name(RecordComponent component, Key key) {
    return key.name().isEmpty()
        ? component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT)
        : key.name();
  }

  private static void expectReadable(String yaml) {
    PipelineLoader.Loaded loaded = Pipelines.load(yaml);
    assertThat(loaded.problems().all()).as(loaded.problems().render()).isEmpty();
    assertThat(loaded.graph()).isPresent();
  }

  private static List<String> examples(String page) {
    List<String> examples = new ArrayList<>();
    Matcher matcher = YAML.matcher(page);
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }
    return examples;
  }

  private static String page(String name) throws IOException {
    return Files.readString(PAGES.resolve(name + ".md"));
  }
}
