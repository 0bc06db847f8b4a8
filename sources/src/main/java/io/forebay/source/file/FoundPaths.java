package io.forebay.source.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One search for the regular files that the node's globs match. */
final class FoundPaths implements Glob.Visitor {

  /** More files than this are left out, so that a careless glob cannot exhaust the memory. */
  private static final int MAX_FILES = 100_000;

  private final List<Glob> excludes;
  private final Map<String, TailedFile> followed;
  private final NodeHealth health;
  private final Set<Path> visited = new HashSet<>();
  private final Map<String, Path> byKey = new LinkedHashMap<>();
  private final Set<String> faults = new HashSet<>();

  FoundPaths(List<Glob> excludes, Map<String, TailedFile> followed, NodeHealth health) {
    this.excludes = excludes;
    this.followed = followed;
    this.health = health;
  }

  /**
   * The files, each under one path: of several that lead to the same file, the one under which it
   * is followed already, else the one that was found first.
   */
  Map<String, Path> byKey() {
    return byKey;
  }

  /** What could not be looked at, by the subject under which health was told. */
  Set<String> faults() {
    return faults;
  }

  @Override
  public void candidate(Path path) {
    if (!visited.add(path) || excludes.stream().anyMatch(glob -> glob.matches(path))) {
      return;
    }
    if (byKey.size() >= MAX_FILES) {
      fault("too many files", "more than " + MAX_FILES + " files match; narrow path or exclude");
      return;
    }
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        return;
      }
      String key = FileKeys.of(path, attributes);
      TailedFile file = followed.get(key);
      if (!byKey.containsKey(key) || (file != null && file.path().equals(path))) {
        byKey.put(key, path);
      }
    } catch (NoSuchFileException e) {
      // Gone since its directory was listed, or a link that leads nowhere.
      return;
    } catch (IOException e) {
      fault(path.toString(), "cannot read " + path + ": " + FileFaults.reason(e));
    }
  }

  @Override
  public void unreadable(Path directory, IOException why) {
    fault(directory.toString(), "cannot list " + directory + ": " + FileFaults.reason(why));
  }

  void fault(String subject, String why) {
    faults.add(subject);
    health.problem(subject, why);
  }
}
