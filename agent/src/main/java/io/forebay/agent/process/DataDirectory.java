package io.forebay.agent.process;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
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
              + reason(e)
              + "; run as its owner, or choose another with --data-dir or "
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

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "user " + System.getProperty("user.name") + " may not write to " + denied.getFile();
    }
    if (e instanceof FileAlreadyExistsException exists) {
      return exists.getFile() + " is not a directory";
    }
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
