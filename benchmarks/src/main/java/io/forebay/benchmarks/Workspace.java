package io.forebay.benchmarks;

import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import io.forebay.queue.QueueListener;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.SyncPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that lives as long as a measurement. Beneath the system's temporary directory, or
 * beneath the one named by {@code -Dforebay.benchmarks.directory}, for what a sync costs depends on
 * the disk.
 */
final class Workspace implements AutoCloseable {

  static final int SEGMENT_BYTES = 64 << 20;

  private final Path root;

  Workspace() throws IOException {
    String parent = System.getProperty("forebay.benchmarks.directory");
    this.root =
        parent == null
            ? Files.createTempDirectory("forebay-benchmark")
            : Files.createTempDirectory(Path.of(parent), "forebay-benchmark");
  }

  Path resolve(String name) {
    return root.resolve(name);
  }

  /** A queue in this directory that drops its oldest segment beyond {@code maxBytes}. */
  QueueOptions queue(long maxBytes, SyncPolicy sync) {
    return new QueueOptions(
        root.resolve("queue"),
        maxBytes,
        SEGMENT_BYTES,
        Overflow.DROP_OLDEST,
        sync,
        Compression.NONE,
        null,
        Clock.systemUTC(),
        QueueListener.NONE);
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(root)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
