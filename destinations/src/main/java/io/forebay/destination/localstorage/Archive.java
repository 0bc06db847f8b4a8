package io.forebay.destination.localstorage;

import io.forebay.core.item.ByteSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The files of one node: at most one open part, in {@code <mounted_path>/.forebay/<node>}, renamed
 * into place when it is finished. Every method blocks; used by one thread at a time.
 */
final class Archive {

  private final Path root;
  private final Path parts;
  private final String node;
  private final String extension;
  private final long maxBytes;
  private final Clock clock;
  private final PartRecovery.Placement placement;
  private final RandomGenerator random;
  private final PartOpener opener;
  private @Nullable DirectoryLock lock;
  private boolean recovered;
  private @Nullable Part open;

  /** Makes the file of a part: {@link DurableFiles#create}, or one that fails in a test. */
  @FunctionalInterface
  interface PartOpener {
    FileChannel create(Path file) throws IOException;
  }

  /** The file that is being written. {@code bytes} are forced to the device. */
  private record Part(Path file, FileChannel channel, String name, Path target, long bytes) {

    Part grown(long more) {
      return new Part(file, channel, name, target, bytes + more);
    }
  }

  Archive(
      Path root,
      String node,
      String extension,
      long maxBytes,
      PartRecovery.Placement placement,
      Clock clock,
      RandomGenerator random,
      PartOpener opener) {
    this.root = root;
    this.parts = root.resolve(".forebay").resolve(FileNames.safe(node));
    this.node = node;
    this.extension = extension;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.placement = placement;
    this.random = random;
    this.opener = opener;
  }

  /**
   * Writes the bodies and forces them to the device; when it returns they are durable. When it
   * throws, none of them counts as written, and the part is finished with what it held before.
   */
  void append(List<ByteSlice> bodies) throws IOException {
    Part part = partFor(clock.instant());
    long bytes = 0;
    try {
      for (ByteSlice body : bodies) {
        write(part.channel, ByteBuffer.wrap(body.array(), body.offset(), body.length()));
        bytes += body.length();
      }
      part.channel.force(false);
    } catch (IOException e) {
      abandon(part, e);
      throw e;
    }
    open = part.grown(bytes);
  }

  private Part partFor(Instant time) throws IOException {
    try {
      prepare();
      Part part = open;
      if (part != null && !part.target.equals(placement.directoryAt(time))) {
        roll();
        part = null;
      }
      if (part == null) {
        part = openPart(time);
        open = part;
      }
      return part;
    } catch (IOException e) {
      startOver(e);
      throw e;
    }
  }

  /** The directories may have gone or been replaced: the next call makes and locks them anew. */
  private void startOver(IOException failure) {
    recovered = false;
    DirectoryLock held = lock;
    lock = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  boolean isFull() {
    Part part = open;
    return part != null && part.bytes >= maxBytes;
  }

  /** The name of the open part, or null: tells one part from the next. */
  @Nullable String openName() {
    Part part = open;
    return part == null ? null : part.name;
  }

  /** Gives the open part its final name. Nothing happens without one. */
  void roll() throws IOException {
    Part part = open;
    if (part == null) {
      return;
    }
    open = null;
    // Until the rename has happened, whatever goes wrong is mended by recovery.
    recovered = false;
    part.channel.close();
    DurableFiles.createDirectories(part.target);
    DurableFiles.move(part.file, part.target.resolve(part.name));
    recovered = true;
  }

  /** Takes the lock and finishes old parts, unless that was done already. */
  void prepare() throws IOException {
    if (lock == null) {
      DurableFiles.createDirectories(root);
      DurableFiles.createDirectories(parts);
      lock = DirectoryLock.of(parts);
    }
    if (!recovered) {
      new PartRecovery(parts, placement).run();
      recovered = true;
    }
  }

  /** Finishes the open part and lets the lock go. Idempotent. */
  void close() throws IOException {
    try {
      roll();
    } finally {
      DirectoryLock held = lock;
      lock = null;
      if (held != null) {
        held.close();
      }
    }
  }

  private Part openPart(Instant time) throws IOException {
    String name = FileNames.of(time, node, random, extension);
    Path file = parts.resolve(name + FileNames.PART);
    return new Part(file, opener.create(file), name, placement.directoryAt(time), 0);
  }

  /**
   * After a failed write or sync nothing can be said of what followed the last good sync: it is cut
   * off, and the next call begins by finishing the rest.
   */
  private void abandon(Part part, IOException failure) {
    open = null;
    recovered = false;
    try (FileChannel channel = part.channel) {
      channel.truncate(part.bytes);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
