package io.forebay.destination.localstorage;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Reads an archive with the tools that its readers have. */
final class Archives {

  private Archives() {}

  /** Finished files, oldest first. */
  static List<Path> files(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(Files::isRegularFile)
          .filter(path -> !path.toString().contains("/.forebay/"))
          .sorted(Comparator.comparing(path -> path.getFileName().toString()))
          .toList();
    } catch (UncheckedIOException | NoSuchFileException e) {
      // Files are being renamed; the caller asks again.
      return List.of();
    }
  }

  /** Parts, torn tails and the lock of a node. */
  static List<Path> hidden(Path root, String node) throws IOException {
    try (Stream<Path> paths = Files.list(root.resolve(".forebay").resolve(node))) {
      return paths.sorted().toList();
    }
  }

  static byte[] read(Path file) throws IOException {
    String name = file.toString();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      if (name.contains(".gz")) {
        return new GZIPInputStream(in).readAllBytes();
      }
      if (name.contains(".zst")) {
        return new ZstdInputStream(in).readAllBytes();
      }
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      return new byte[0];
    }
  }
}
