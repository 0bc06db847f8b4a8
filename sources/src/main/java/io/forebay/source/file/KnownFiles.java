package io.forebay.source.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cursors of files that are not followed now: those of the last run that have not been found yet,
 * and those of files whose directory went away. Bounded in number and age. Belongs to the node's
 * thread.
 */
final class KnownFiles {

  private static final int MAX_ENTRIES = 20_000;
  private static final long MAX_AGE_MILLIS = TimeUnit.DAYS.toMillis(7);

  private final Map<String, CursorEntry> byKey = new LinkedHashMap<>();
  private final Map<String, CursorEntry> byPath = new HashMap<>();

  void add(CursorEntry entry) {
    CursorEntry other = byKey.put(entry.key(), entry);
    if (other != null) {
      byPath.remove(other.path(), other);
    }
    byPath.put(entry.path(), entry);
    if (byKey.size() > MAX_ENTRIES) {
      remove(byKey.values().iterator().next());
    }
  }

  Collection<CursorEntry> entries() {
    return byKey.values();
  }

  /** Forgets what has not been there for long. */
  void expire(long nowMillis) {
    List.copyOf(byKey.values()).stream()
        .filter(entry -> nowMillis - entry.seenAtMillis() > MAX_AGE_MILLIS)
        .forEach(this::remove);
  }

  /**
   * The cursor of a file, which is then no longer held here. The file must still begin with what
   * was read, and have what was read last before the offset. A file that the system knows by
   * another number (restored, on another mount) is recognised at its old path by both.
   *
   * @return null when the file is none of those known
   */
  @Nullable CursorEntry claim(String key, Path path, FileChannel channel) throws IOException {
    CursorEntry entry = byKey.get(key);
    if (entry != null) {
      remove(entry);
      if (isPlace(entry, channel)) {
        return entry;
      }
    }
    entry = byPath.get(path.toString());
    if (entry != null && entry.tail().length() > 0 && isPlace(entry, channel)) {
      remove(entry);
      return entry;
    }
    return null;
  }

  private static boolean isPlace(CursorEntry entry, FileChannel channel) throws IOException {
    return channel.size() >= entry.offset()
        && entry.fingerprint().follow(channel, entry.fingerprint().length()) != null
        && entry.tail().isBefore(entry.offset(), channel);
  }

  private void remove(CursorEntry entry) {
    byKey.remove(entry.key(), entry);
    byPath.remove(entry.path(), entry);
  }
}
