package io.forebay.destination.localstorage;

import io.forebay.core.component.Destination;
import io.forebay.core.config.DataSize;
import io.forebay.destination.Contexts;
import io.forebay.destination.DestinationContract;
import io.forebay.destination.Items;
import io.forebay.destination.localstorage.LocalStorageConfig.Encoding;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageDestinationContractTest extends DestinationContract {

  @TempDir private Path directory;

  @Override
  protected Destination newDestination() {
    return new LocalStorageDestinationFactory()
        .create(
            new LocalStorageConfig(
                Contexts.settings(4, PATIENCE),
                root(),
                ArchiveCompression.GZIP,
                Encoding.JSON,
                null,
                Duration.ofMillis(20),
                DataSize.parse("16MB")),
            Contexts.context());
  }

  /** A file stands where the directory should be. */
  @Override
  protected void receiverDown() throws Exception {
    if (Files.isDirectory(root()) && Files.notExists(directory.resolve("away"))) {
      Files.move(root(), directory.resolve("away"));
    }
    if (Files.notExists(root())) {
      Files.createFile(root());
    }
  }

  @Override
  protected void receiverUp() throws Exception {
    if (Files.isRegularFile(root())) {
      Files.delete(root());
    }
    if (Files.exists(directory.resolve("away"))) {
      Files.move(directory.resolve("away"), root());
    }
  }

  @Override
  protected List<String> received() throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Path file : Archives.files(root())) {
      all.writeBytes(Archives.read(file));
    }
    return Items.split(all.toByteArray(), all.size());
  }

  private Path root() {
    return directory.resolve("archive");
  }
}
