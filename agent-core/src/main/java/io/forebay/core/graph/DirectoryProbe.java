package io.forebay.core.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tries whether this process can keep files in a directory. */
final class DirectoryProbe {

  private static final int MAX_FILES_LOOKED_AT = 10_000;

  private DirectoryProbe() {}

  /**
   * What is wrong with a directory.
   *
   * @param message goes on from the directory's name
   */
  record Finding(boolean fatal, String message, @Nullable String suggestion) {}

  /**
   * Makes the directory if need be, writes, syncs, renames and removes a file in it, and removes
   * what it made. Nothing else in the directory is opened.
   */
  static List<Finding> probe(Path directory) {
    List<Finding> findings = new ArrayList<>();
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      findings.add(new Finding(true, "is a file", "name a directory"));
      return findings;
    }
    Deque<Path> made = new ArrayDeque<>();
    try {
      make(directory, made);
      tryFile(directory);
      foreignFile(directory).ifPresent(findings::add);
      openToAll(directory).ifPresent(findings::add);
    } catch (IOException e) {
      findings.add(failure(directory, e));
    } finally {
      remove(made, findings);
    }
    return findings;
  }

  /** The directory itself, or the first above it that exists. */
  static Path nearestExisting(Path directory) {
    for (Path at = directory; at != null; at = at.getParent()) {
      if (Files.exists(at)) {
        return at;
      }
    }
    return directory;
  }

  /** Bytes of the files in a directory; 0 when it is not there. */
  static long sizeOf(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.limit(MAX_FILES_LOOKED_AT).toList()) {
        bytes += sizeOfFile(file);
      }
    }
    return bytes;
  }

  private static long sizeOfFile(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // A running agent has delivered and deleted it meanwhile.
    }
  }

  private static void make(Path directory, Deque<Path> made) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path at = directory; at != null && !Files.exists(at); at = at.getParent()) {
      missing.push(at);
    }
    boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    for (Path at : missing) {
      Files.createDirectory(at, ownerOnly);
      made.push(at);
    }
  }

  private static void tryFile(Path directory) throws IOException {
    String name = ".forebay-preflight-" + UUID.randomUUID();
    Path file = directory.resolve(name);
    Path renamed = directory.resolve(name + "-renamed");
    try {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {1}));
        channel.force(true);
      }
      Files.move(file, renamed, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(renamed);
    }
  }

  private static void remove(Deque<Path> made, List<Finding> findings) {
    for (Path directory : made) {
      try {
        Files.deleteIfExists(directory);
      } catch (IOException e) {
        // Somebody else has put something in, so it is wanted now.
        findings.add(new Finding(false, "was made for a try and could not be removed", null));
        return;
      }
    }
  }

  private static Optional<Finding> foreignFile(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .limit(MAX_FILES_LOOKED_AT)
          .filter(Files::isRegularFile)
          .filter(file -> !Files.isReadable(file) || !Files.isWritable(file))
          .findFirst()
          .map(
              file ->
                  new Finding(
                      true,
                      "holds the file '"
                          + file.getFileName()
                          + "', which this process may not write",
                      whose(file) + "; mend: sudo chown -R " + user() + " " + shell(directory)));
    }
  }

  private static Optional<Finding> openToAll(Path directory) throws IOException {
    PosixFileAttributes attributes = attributes(directory);
    if (attributes == null
        || !attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            false,
            "may be written by every user of this host",
            "mend: chmod 700 " + shell(directory)));
  }

  private static Finding failure(Path directory, IOException e) {
    Path nearest = nearestExisting(directory);
    boolean exists = nearest.equals(directory);
    String cannot = exists ? "cannot be written: " : "cannot be made: ";
    if (e instanceof AccessDeniedException) {
      String mend =
          exists
              ? "sudo chown -R " + user() + " " + shell(directory)
              : "sudo install -d -m 700 -o " + user() + " " + shell(directory);
      return new Finding(true, cannot + "permission denied", whose(nearest) + "; mend: " + mend);
    }
    if (e instanceof FileAlreadyExistsException) {
      return new Finding(
          true,
          cannot + "there is a symbolic link that leads nowhere",
          "remove the link, or make its target");
    }
    if (!Files.isDirectory(nearest)) {
      return new Finding(true, cannot + "'" + nearest + "' is a file", "choose another directory");
    }
    String reason = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
    return new Finding(
        true,
        cannot + (reason == null ? "nothing can be made in '" + nearest + "'" : reason),
        "try it by hand: touch " + shell(nearest) + "/x");
  }

  private static String whose(Path path) {
    try {
      PosixFileAttributes attributes = attributes(path);
      if (attributes != null) {
        return "this is user '"
            + user()
            + "', and '"
            + path
            + "' belongs to '"
            + attributes.owner().getName()
            + "' with mode "
            + PosixFilePermissions.toString(attributes.permissions());
      }
    } catch (IOException e) {
      return "this is user '" + user() + "', who may not even look at '" + path + "'";
    }
    return "this is user '" + user() + "'";
  }

  private static @Nullable PosixFileAttributes attributes(Path path) throws IOException {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? Files.readAttributes(path, PosixFileAttributes.class)
        : null;
  }

  private static String user() {
    return System.getProperty("user.name", "?");
  }

  private static String shell(Path path) {
    String text = path.toString();
    return text.matches("[\\w./+@%=:-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
