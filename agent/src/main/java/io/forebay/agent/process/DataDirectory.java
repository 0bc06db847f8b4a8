package io.forebay.agent.process;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The agent's own directory: cursors of sources, dead letters. */
public final class DataDirectory {

  public static final Path DEFAULT = Path.of("/var/lib/forebay");
  public static final String VARIABLE = "FOREBAY_DATA_DIR";

  private DataDirectory() {}

  /**
   * Which directory is meant.
   *
   * @param option value of {@code --data-dir}, or null
   * @param environment a variable's value, or null
   */
  public static Path choose(@Nullable Path option, Function<String, @Nullable String> environment) {
    if (option != null) {
      return option.toAbsolutePath().normalize();
    }
    String variable = environment.apply(VARIABLE);
    return variable == null || variable.isEmpty()
        ? DEFAULT
        : Path.of(variable).toAbsolutePath().normalize();
  }

  /**
   * Makes the directory (0700, with its parents) where it is missing, and tries to write to it.
   *
   * @throws IOException with a sentence that says what is wrong and how to mend it
   */
  public static void prepare(Path directory) throws IOException {
    try {
      createPrivate(directory);
      Path probe = Files.createTempFile(directory, ".probe", ".tmp");
      Files.delete(probe);
    } catch (IOException e) {
      throw new IOException(
          "the data directory "
              + directory
              + " cannot be used: "
              + reason(directory, e)
              + "; choose another with --data-dir or "
              + VARIABLE,
          e);
    }
  }

  private static void createPrivate(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(directory);
    }
  }

  /** What stands in the way, in words: the system's own exceptions often name a path alone. */
  static String reason(Path directory, IOException e) {
    Path nearest = nearestExisting(directory);
    if (Files.isSymbolicLink(nearest) && !Files.exists(nearest)) {
      return nearest + " is a symbolic link that leads nowhere";
    }
    if (!Files.isDirectory(nearest)) {
      return nearest + " is not a directory";
    }
    if (e instanceof AccessDeniedException) {
      return "user "
          + System.getProperty("user.name")
          + " may not write to "
          + nearest
          + ", so run the agent as its owner";
    }
    String words = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
    return "nothing can be made in " + nearest + (words == null ? "" : " (" + words + ")");
  }

  /** The directory itself, or the first above it that exists, be it a link that leads nowhere. */
  private static Path nearestExisting(Path directory) {
    Path at = directory;
    while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}
