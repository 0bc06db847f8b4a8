package io.forebay.destination.localstorage;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.destination.encoding.BatchEncoder;
import io.forebay.destination.encoding.BodyMemory;
import java.nio.file.Path;
import reactor.core.scheduler.Schedulers;

/** Makes {@code localstorage_output} nodes. */
public final class LocalStorageDestinationFactory
    implements DestinationFactory<LocalStorageConfig> {

  @Override
  public String type() {
    return "localstorage_output";
  }

  @Override
  public String summary() {
    return "Writes compressed files beneath a local directory, each batch forced to the device.";
  }

  @Override
  public Class<LocalStorageConfig> configType() {
    return LocalStorageConfig.class;
  }

  @Override
  public DestinationSettings settings(LocalStorageConfig config) {
    return config.delivery();
  }

  @Override
  public Destination create(LocalStorageConfig config, ComponentContext context) {
    int workers = config.delivery().workers();
    Path root = config.mountedPath().toAbsolutePath().normalize();
    PathPrefix prefix = PathPrefix.of(config.pathPrefix());
    LocalHost host = new LocalHost();
    Archive archive =
        new Archive(
            root,
            context.nodeName(),
            config.encoding().fileExtension() + config.compression().fileExtension(),
            config.maxByteLimit().bytes(),
            time -> root.resolve(prefix.at(time, context.tag(), host.name())),
            context.clock(),
            context.random(),
            DurableFiles::create);
    ArchiveWriter writer =
        new ArchiveWriter(
            archive,
            Schedulers.newBoundedElastic(
                1, 4 * workers + 16, "forebay-" + context.nodeName(), 60, true),
            config.flushInterval(),
            context.listener());
    BatchEncoder encoder =
        new BatchEncoder(
            config.encoding().format(),
            config.compression().pieces(),
            Schedulers.parallel(),
            workers,
            BodyMemory.ofProcess());
    return new LocalStorageDestination(root, encoder, writer);
  }
}
