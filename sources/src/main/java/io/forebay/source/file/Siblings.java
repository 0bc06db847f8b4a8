package io.forebay.source.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a file by its key in the directory where it was: rotation renames it there, often to a name
 * that no glob matches. Lists each directory once; made for one search.
 */
final class Siblings {

  private final Map<Path, Map<String, Path>> listed = new HashMap<>();

  /** Where the file is now, or null when it is not in that directory any more. */
  @Nullable Path find(Path oldPath, String key) {
    Path directory = oldPath.getParent();
    return directory == null ? null : listed.computeIfAbsent(directory, Siblings::list).get(key);
  }

  private static Map<String, Path> list(Path directory) {
    Map<String, Path> byKey = new HashMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path path : stream) {
        add(path, byKey);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The directory is gone or closed to us: then nothing is found in it.
      return byKey;
    }
    return byKey;
  }

  private static void add(Path path, Map<String, Path> byKey) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isRegularFile()) {
        byKey.put(FileKeys.of(path, attributes), path);
      }
    } catch (IOException e) {
      // Gone since it was listed.
      return;
    }
  }
}
