package io.forebay.source.file;

import io.forebay.core.component.NodeListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the files that are there with those that are followed: takes up new ones where their
 * cursors stand, and notices those that were renamed or deleted. Belongs to the node's thread.
 */
final class FileDiscovery {

  private static final Logger LOG = LoggerFactory.getLogger(FileDiscovery.class);

  private final FileInputConfig config;
  private final List<Glob> globs;
  private final List<Glob> excludes;
  private final Map<String, TailedFile> followed;
  private final Cursors cursors;
  private final OpenFiles openFiles;
  private final NodeHealth health;
  private final NodeListener listener;
  private Set<String> faults = new HashSet<>();
  private Set<Path> compressed = new HashSet<>();
  private boolean first = true;

  FileDiscovery(
      FileInputConfig config,
      Map<String, TailedFile> followed,
      Cursors cursors,
      OpenFiles openFiles,
      NodeHealth health,
      NodeListener listener) {
    this.config = config;
    this.globs = config.path().stream().map(Glob::parse).toList();
    this.excludes = config.exclude().stream().map(Glob::parse).toList();
    this.followed = followed;
    this.cursors = cursors;
    this.openFiles = openFiles;
    this.health = health;
    this.listener = listener;
  }

  /** Searches, and brings the files that are followed up to date. */
  void search(long nowNanos) {
    FoundPaths found = new FoundPaths(excludes, followed, health);
    globs.forEach(glob -> glob.walk(found));
    int followedBefore = followed.size();
    Map<Path, TailedFile> before = new HashMap<>();
    followed.values().forEach(file -> before.put(file.path(), file));
    Set<Path> stillCompressed = new HashSet<>();
    for (Map.Entry<String, Path> entry : found.byKey().entrySet()) {
      Path path = entry.getValue();
      TailedFile file = followed.get(entry.getKey());
      if (file != null) {
        stay(file, path, nowNanos);
      } else if (compressed.contains(path)) {
        stillCompressed.add(path);
      } else {
        take(entry.getKey(), path, before.get(path), found, stillCompressed, nowNanos);
      }
    }
    compressed = stillCompressed;
    Siblings siblings = new Siblings();
    for (TailedFile file : followed.values()) {
      if (!found.byKey().containsKey(file.key()) && !file.gone) {
        miss(file, siblings, nowNanos);
      }
    }
    if (first) {
      takeRotatedMeanwhile(siblings, nowNanos);
    }
    faults.stream().filter(subject -> !found.faults().contains(subject)).forEach(health::solved);
    faults = found.faults();
    if (first || followed.size() > followedBefore) {
      LOG.info(
          "{}: following {} files, {} of them new",
          String.join(", ", config.path()),
          followed.size(),
          followed.size() - followedBefore);
    }
    first = false;
  }

  private void stay(TailedFile file, Path path, long nowNanos) {
    if (!path.equals(file.path())) {
      LOG.info("{} was renamed to {}; reading on there", file.path(), path);
      listener.onEvent("file_rotated", 1);
      file.renameTo(path, nowNanos);
      cursors.changed();
    }
    file.gone = false;
    file.leaving = false;
  }

  private void take(
      String key,
      Path path,
      @Nullable TailedFile predecessor,
      FoundPaths found,
      Set<Path> stillCompressed,
      long nowNanos) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        if (!leadsTo(path, key)) {
          channel.close();
          return;
        }
        String format = CompressedFormat.of(channel);
        if (format != null) {
          LOG.warn("{} is left out: it is compressed ({}); exclude it", path, format);
          listener.onEvent("compressed_file_left_out", 1);
          stillCompressed.add(path);
          channel.close();
          return;
        }
        follow(key, path, path, start(key, path, channel), channel, nowNanos).predecessor =
            predecessor;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} was gone before it could be opened", path);
    } catch (IOException e) {
      found.fault(path.toString(), "cannot read " + path + ": " + FileFaults.reason(e));
    }
  }

  private TailedFile follow(
      String key,
      Path path,
      Path firstPath,
      AcknowledgedRanges.Mark start,
      FileChannel channel,
      long nowNanos)
      throws IOException {
    ItemFields fields =
        new ItemFields(firstPath, config.addIngestionTime(), config.separateSource());
    Fingerprint fingerprint = Fingerprint.take(channel, (int) config.fingerprintSize().bytes());
    TailedFile file = new TailedFile(key, path, fingerprint, start, fields, nowNanos);
    file.adopt(channel);
    followed.put(key, file);
    openFiles.used(file);
    cursors.changed();
    LOG.debug("following {} from byte {}", path, start.offset());
    return file;
  }

  private AcknowledgedRanges.Mark start(String key, Path path, FileChannel channel)
      throws IOException {
    CursorEntry entry = cursors.known().claim(key, path, channel);
    if (entry != null) {
      return new AcknowledgedRanges.Mark(entry.offset(), entry.tail());
    }
    if (first && config.startAt() == FileInputConfig.StartAt.END) {
      return new AcknowledgedRanges.Mark(LastLine.start(channel), Tail.UNKNOWN);
    }
    return AcknowledgedRanges.Mark.BEGINNING;
  }

  /** A file is not where it was. */
  private void miss(TailedFile file, Siblings siblings, long nowNanos) {
    if (leadsTo(file.path(), file.key())) {
      // Still there: its directory could not be listed, or it has left the globs already.
      return;
    }
    file.leaving = true;
    file.rotated = true;
    file.changedAtNanos = nowNanos;
    file.dueAtNanos = nowNanos;
    Path now = siblings.find(file.path(), file.key());
    if (now != null) {
      LOG.info("{} was renamed to {}; reading it to its end", file.path(), now);
      listener.onEvent("file_rotated", 1);
      file.renameTo(now, nowNanos);
    } else {
      LOG.info("{} was deleted or moved away; reading it to its end", file.path());
      file.gone = true;
    }
    cursors.changed();
  }

  /**
   * Files of the last run that were renamed while nobody looked, and were not read to their end.
   */
  private void takeRotatedMeanwhile(Siblings siblings, long nowNanos) {
    Map<Path, TailedFile> byPath = new HashMap<>();
    followed.values().forEach(file -> byPath.put(file.path(), file));
    for (CursorEntry entry : List.copyOf(cursors.known().entries())) {
      Path oldPath = Path.of(entry.path());
      Path path = siblings.find(oldPath, entry.key());
      if (path == null || path.equals(oldPath) || followed.containsKey(entry.key())) {
        continue;
      }
      try {
        TailedFile file = takeRotated(entry, path, oldPath, nowNanos);
        TailedFile successor = byPath.get(oldPath);
        if (file != null && successor != null) {
          successor.predecessor = file;
        }
      } catch (IOException e) {
        health.problem(entry.key(), "cannot read " + path + " to its end: " + FileFaults.reason(e));
      }
    }
  }

  private @Nullable TailedFile takeRotated(
      CursorEntry entry, Path path, Path oldPath, long nowNanos) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      CursorEntry claimed = cursors.known().claim(entry.key(), path, channel);
      if (claimed == null || channel.size() == claimed.offset()) {
        channel.close();
        if (claimed != null) {
          cursors.known().add(claimed);
        }
        return null;
      }
      AcknowledgedRanges.Mark start = new AcknowledgedRanges.Mark(claimed.offset(), claimed.tail());
      TailedFile file = follow(entry.key(), path, oldPath, start, channel, nowNanos);
      file.leaving = true;
      file.rotated = true;
      return file;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean leadsTo(Path path, String key) {
    try {
      return FileKeys.of(path, Files.readAttributes(path, BasicFileAttributes.class)).equals(key);
    } catch (IOException e) {
      return false;
    }
  }
}
