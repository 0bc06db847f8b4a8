package io.forebay.source.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.SourceText;
import io.forebay.core.graph.PipelineLoader;
import io.forebay.core.graph.PipelineLoader.Loaded;
import io.forebay.source.http.HttpInputFactory;
import io.forebay.source.tcp.TcpInputFactory;
import io.forebay.source.udp.UdpInputFactory;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of the listening sources name every key with its default, and their examples hold. */
class NetworkInputDocumentationTest {

  private static final Pattern YAML =
      Pattern.compile("```yaml\n(version: v3.*?)```", Pattern.DOTALL);

  static Stream<SourceFactory<?>> sources() {
    return Stream.of(new HttpInputFactory(), new TcpInputFactory(), new UdpInputFactory());
  }

  private static String page(SourceFactory<?> factory) throws IOException {
    return Files.readString(Path.of("..", "docs", "nodes", factory.type() + ".md"));
  }

  @ParameterizedTest
  @MethodSource("sources")
  void namesEveryKeyWithItsDefault(SourceFactory<?> factory) throws IOException {
    String page = page(factory);
    for (RecordComponent component : factory.configType().getRecordComponents()) {
      String name =
          component.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
      String value = component.getAnnotation(Key.class).defaultValue();
      String row =
          page.lines().filter(line -> line.startsWith("| `" + name + "` |")).findFirst().orElse("");
      assertThat(row).as(name).isNotEmpty();
      if (!value.isEmpty()) {
        assertThat(row).as(name).contains("| `" + value + "` |");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void itsExampleIsValid(SourceFactory<?> factory) throws IOException {
    Matcher matcher = YAML.matcher(page(factory));
    assertThat(matcher.find()).isTrue();
    Loaded loaded =
        PipelineLoader.parse(
            new SourceText(factory.type() + ".md", matcher.group(1)),
            ComponentRegistry.of(factory, new Nowhere()),
            Map.<String, String>of()::get);
    assertThat(loaded.problems().render()).isEmpty();
    assertThat(loaded.graph()).isPresent();
  }

  /** The shared keys only. */
  record SharedKeys(@Key(value = "", flattened = true) DestinationSettings shared) {}

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
