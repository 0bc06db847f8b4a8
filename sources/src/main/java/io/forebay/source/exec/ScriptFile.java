package io.forebay.source.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a script to where only the agent can read it. */
final class ScriptFile {

  private ScriptFile() {}

  /** A new file in a folder of its own beneath the data directory, mode 0600, directories 0700. */
  static Path write(Path dataDirectory, String nodeName, String script) throws IOException {
    boolean posix = dataDirectory.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Path directory = Files.createDirectories(dataDirectory.resolve("scripts"), attributes);
    // createTempFile gives mode 0600.
    String prefix = nodeName.replaceAll("[^A-Za-z0-9_-]", "_") + "-";
    return Files.writeString(Files.createTempFile(directory, prefix, ".script"), script);
  }
}
