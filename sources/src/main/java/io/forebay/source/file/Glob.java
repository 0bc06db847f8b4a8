package io.forebay.source.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of absolute paths: {@code * ? [] {}} within a name as {@link
 * java.nio.file.FileSystem#getPathMatcher} reads them, and {@code **} as a whole name for any
 * number of directories, none included. Directories are listed only where the pattern needs it. A
 * symbolic link to a directory is followed by a name of the pattern, but not by {@code **}, so that
 * a loop of links ends.
 */
final class Glob {

  /** Told of what a walk meets. */
  interface Visitor {
    /** A path that matches; may be anything, or be gone by now. */
    void candidate(Path path);

    /** A directory that cannot be listed. */
    void unreadable(Path directory, IOException why);
  }

  /**
   * One name of the pattern: exactly one of the two for an ordinary one, neither for {@code **}.
   */
  private record Segment(@Nullable String literal, @Nullable PathMatcher matcher) {
    boolean anyDepth() {
      return literal == null && matcher == null;
    }

    boolean matches(Path name) {
      return matcher != null ? matcher.matches(name) : name.toString().equals(literal);
    }
  }

  private static final Segment ANY_DEPTH = new Segment(null, null);

  private final Path root;
  private final List<Segment> segments;
  private final boolean nameOnly;

  private Glob(Path root, List<Segment> segments, boolean nameOnly) {
    this.root = root;
    this.segments = segments;
    this.nameOnly = nameOnly;
  }

  /**
   * Reads a pattern; one that is not absolute begins at the working directory.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  static Glob parse(String pattern) {
    if (pattern.isBlank()) {
      throw new IllegalArgumentException("an empty path matches nothing; give a glob");
    }
    List<Segment> segments = new ArrayList<>();
    Path root = Path.of("/");
    if (!pattern.startsWith("/")) {
      root = Path.of("").toAbsolutePath();
    }
    for (String name : pattern.split("/", -1)) {
      if (name.equals("..")) {
        throw new IllegalArgumentException("'" + pattern + "': write the path without '..'");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        segments.add(segment(pattern, name));
      }
    }
    if (segments.isEmpty() || pattern.endsWith("/")) {
      throw new IllegalArgumentException(
          "'" + pattern + "' names a directory; name files, such as '" + pattern + "*.log'");
    }
    return new Glob(root, List.copyOf(segments), pattern.indexOf('/') < 0);
  }

  private static Segment segment(String pattern, String name) {
    if (name.equals("**")) {
      return ANY_DEPTH;
    }
    if (name.chars().noneMatch(c -> "*?[]{}\\".indexOf(c) >= 0)) {
      return new Segment(name, null);
    }
    try {
      return new Segment(null, FileSystems.getDefault().getPathMatcher("glob:" + name));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'" + pattern + "' is no glob: " + e.getDescription() + " in '" + name + "'", e);
    }
  }

  /**
   * Whether an absolute path matches; a pattern without a slash is compared with the name alone.
   */
  boolean matches(Path path) {
    Path name = path.getFileName();
    if (nameOnly) {
      return name != null && (segments.get(0).anyDepth() || segments.get(0).matches(name));
    }
    if (!path.startsWith(root)) {
      return false;
    }
    return matches(root.relativize(path), 0, 0);
  }

  private boolean matches(Path path, int nameIndex, int segmentIndex) {
    if (segmentIndex == segments.size()) {
      return nameIndex == path.getNameCount();
    }
    Segment segment = segments.get(segmentIndex);
    if (segment.anyDepth()) {
      if (segmentIndex == segments.size() - 1) {
        return nameIndex < path.getNameCount();
      }
      for (int i = nameIndex; i < path.getNameCount(); i++) {
        if (matches(path, i, segmentIndex + 1)) {
          return true;
        }
      }
      return false;
    }
    return nameIndex < path.getNameCount()
        && segment.matches(path.getName(nameIndex))
        && matches(path, nameIndex + 1, segmentIndex + 1);
  }

  /** Visits every path that matches now; one that matches in two ways is visited twice. */
  void walk(Visitor visitor) {
    walk(root, 0, visitor);
  }

  private void walk(Path path, int index, Visitor visitor) {
    if (index == segments.size()) {
      visitor.candidate(path);
      return;
    }
    Segment segment = segments.get(index);
    String literal = segment.literal();
    if (literal != null) {
      walk(path.resolve(literal), index + 1, visitor);
    } else if (segment.anyDepth()) {
      boolean last = index == segments.size() - 1;
      if (!last) {
        walk(path, index + 1, visitor);
      }
      for (Path child : list(path, visitor)) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          walk(child, index, visitor);
        } else if (last) {
          visitor.candidate(child);
        }
      }
    } else {
      boolean last = index == segments.size() - 1;
      for (Path child : list(path, visitor)) {
        if (segment.matches(child.getFileName()) && (last || Files.isDirectory(child))) {
          walk(child, index + 1, visitor);
        }
      }
    }
  }

  private static List<Path> list(Path directory, Visitor visitor) {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Gone since it was named, or not made yet: the next search looks again.
      return List.of();
    } catch (DirectoryIteratorException e) {
      IOException cause = e.getCause();
      visitor.unreadable(directory, cause != null ? cause : new IOException(e));
    } catch (IOException e) {
      visitor.unreadable(directory, e);
    }
    return children;
  }
}
