package io.forebay.core.graph;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.InlineProcessor;
import io.forebay.core.component.Processor;
import io.forebay.core.component.ProcessorFactory;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Node types that do nothing, for reading and checking pipelines of them. */
final class TestComponents {

  static final ComponentRegistry REGISTRY =
      ComponentRegistry.of(new TestInput(), new TestFilter(), new TestSequence(), new TestOutput());

  private TestComponents() {}

  record InputConfig(
      @Key(value = "Port.", required = true, min = 1, max = 65535) int port,
      @Key(value = "Cursor.", defaultValue = "false") boolean enablePersistingCursor,
      @Key(value = "Lines.", defaultValue = "250") int multilineMaxSize,
      @Key(value = "Discovery.", defaultValue = "5s") Duration discoveryInterval,
      @Key(value = "Cursor.", defaultValue = "1s") Duration cursorFlushInterval) {}

  static final class TestInput implements SourceFactory<InputConfig> {
    @Override
    public String type() {
      return "test_input";
    }

    @Override
    public String summary() {
      return "Reads nothing.";
    }

    @Override
    public Class<InputConfig> configType() {
      return InputConfig.class;
    }

    @Override
    public Source create(InputConfig config, ComponentContext context) {
      return Flux::never;
    }
  }

  record FilterConfig(@Key(value = "Pattern.", required = true) String pattern) {}

  static final class TestFilter implements ProcessorFactory<FilterConfig> {
    @Override
    public String type() {
      return "test_filter";
    }

    @Override
    public String summary() {
      return "Passes everything.";
    }

    @Override
    public Class<FilterConfig> configType() {
      return FilterConfig.class;
    }

    @Override
    public Set<String> paths() {
      return Set.of("unmatched");
    }

    @Override
    public Processor create(FilterConfig config, ComponentContext context) {
      return batches -> batches;
    }
  }

  record SequenceConfig(@Key(value = "Steps.", required = true) List<InlineProcessor> processors) {}

  static final class TestSequence implements ProcessorFactory<SequenceConfig> {
    @Override
    public String type() {
      return "sequence";
    }

    @Override
    public String summary() {
      return "Steps in order.";
    }

    @Override
    public Class<SequenceConfig> configType() {
      return SequenceConfig.class;
    }

    @Override
    public Processor create(SequenceConfig config, ComponentContext context) {
      return batches -> batches;
    }
  }

  record Header(
      @Key(value = "Name.", required = true) String header,
      @Key(value = "Value.", required = true) Secret value) {}

  record OutputConfig(
      @Key(value = "Where to.", required = true) URI endpoint,
      @Key("Headers.") List<Header> headers,
      @Key("Key.") @Nullable Secret apiKey,
      @Key("Directory.") @Nullable Path mountedPath,
      @Key("TLS.") @Nullable TlsSettings tls,
      @Key(value = "Shared.", flattened = true) DestinationSettings delivery) {}

  static final class TestOutput implements DestinationFactory<OutputConfig> {
    @Override
    public String type() {
      return "http_output";
    }

    @Override
    public String summary() {
      return "Sends nothing.";
    }

    @Override
    public Class<OutputConfig> configType() {
      return OutputConfig.class;
    }

    @Override
    public DestinationSettings settings(OutputConfig config) {
      return config.delivery();
    }

    @Override
    public Destination create(OutputConfig config, ComponentContext context) {
      return batch -> Mono.just(SendResult.Delivered.INSTANCE);
    }
  }
}
