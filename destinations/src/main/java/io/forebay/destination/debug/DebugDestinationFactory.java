package io.forebay.destination.debug;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.BatchFormat;
import io.forebay.destination.encoding.BodyCompression;
import io.forebay.destination.encoding.BodyMemory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import reactor.core.scheduler.Schedulers;

/** Makes {@code ed_debug_output} nodes. */
public final class DebugDestinationFactory implements DestinationFactory<DebugOutputConfig> {

  private final OutputStream stream;

  /** Writes to the process's standard output, past any buffer. */
  public DebugDestinationFactory() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  DebugDestinationFactory(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public String type() {
    return "ed_debug_output";
  }

  @Override
  public String summary() {
    return "Writes items as JSON lines to standard output.";
  }

  @Override
  public Class<DebugOutputConfig> configType() {
    return DebugOutputConfig.class;
  }

  @Override
  public DestinationSettings settings(DebugOutputConfig config) {
    return config.delivery();
  }

  @Override
  public Destination create(DebugOutputConfig config, ComponentContext context) {
    int workers = config.delivery().workers();
    return new DebugDestination(
        stream,
        new BatchEncoder(
            BatchFormat.NDJSON,
            BodyCompression.UNCOMPRESSED,
            Schedulers.parallel(),
            workers,
            BodyMemory.ofProcess()),
        Schedulers.newBoundedElastic(1, 2 * workers, "forebay-debug-output", 60, true));
  }
}
