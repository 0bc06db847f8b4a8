package io.forebay.destination.localstorage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finishes part files that a crash or a failed write left behind. */
final class PartRecovery {

  private static final Logger LOG = LoggerFactory.getLogger(PartRecovery.class);

  /** Where a finished file of a certain time belongs. */
  @FunctionalInterface
  interface Placement {
    Path directoryAt(Instant time);
  }

  private final Path parts;
  private final Placement placement;

  PartRecovery(Path parts, Placement placement) {
    this.parts = parts;
    this.placement = placement;
  }

  /** Finishes every part in the directory, none of which may be open. Blocks. */
  void run() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(parts, "*" + FileNames.PART)) {
      stream.forEach(found::add);
    }
    Collections.sort(found);
    for (Path part : found) {
      finish(part);
    }
  }

  private void finish(Path part) throws IOException {
    String partName = String.valueOf(part.getFileName());
    String name = partName.substring(0, partName.length() - FileNames.PART.length());
    long whole;
    try (FileChannel file =
        FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      whole = WholeBytes.count(file, ArchiveCompression.of(name));
      if (whole < file.size()) {
        cutTail(file, whole, name);
      }
      file.force(true);
    }
    if (whole == 0) {
      Files.delete(part);
      DurableFiles.syncDirectory(parts);
      return;
    }
    Instant inName = FileNames.timeOf(name);
    Instant time = inName == null ? Files.getLastModifiedTime(part).toInstant() : inName;
    Path directory = placement.directoryAt(time);
    DurableFiles.createDirectories(directory);
    DurableFiles.move(part, directory.resolve(name));
    LOG.info("recovered {} with {} bytes", directory.resolve(name), whole);
  }

  /** The tail is copied before it is cut, so that what it was can still be looked at. */
  private void cutTail(FileChannel file, long whole, String name) throws IOException {
    Path evidence = parts.resolve(name + FileNames.TORN);
    Files.deleteIfExists(evidence);
    long torn = file.size() - whole;
    try (FileChannel copy = DurableFiles.create(evidence)) {
      for (long at = whole; at < file.size(); ) {
        at += file.transferTo(at, file.size() - at, copy);
      }
      copy.force(true);
    }
    file.truncate(whole);
    LOG.warn(
        "the last write to {} was not finished (never acknowledged): {} bytes set aside in {}",
        name,
        torn,
        evidence);
  }
}
