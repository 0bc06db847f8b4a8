package io.forebay.agent.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Imports a file in a process that dies, as by SIGKILL, before a line; for {@link ImportTest}. */
final class ImportUnderKill {

  static final int DIED = 9;

  private ImportUnderKill() {}

  /** Arguments: the queue, the file, and how many lines are read before the end. */
  public static void main(String[] args) throws IOException {
    AtomicInteger lines = new AtomicInteger(Integer.parseInt(args[2]));
    Path file = Path.of(args[1]);
    try (InputStream in = Files.newInputStream(file)) {
      new RecordImport(
              QueueLocation.directory(Path.of(args[0])),
              in,
              file,
              () -> {
                if (lines.getAndDecrement() == 0) {
                  Runtime.getRuntime().halt(DIED);
                }
                return false;
              },
              bytes -> {})
          .run(null, true);
    }
  }
}
