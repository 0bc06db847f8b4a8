package io.forebay.source.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the number of open files bounded by closing those that were not read for longest. A file
 * that has gone is never closed here, since it could not be opened again; one with ranges under way
 * only when there is no other.
 */
final class OpenFiles {

  private final Map<TailedFile, Boolean> byUse = new LinkedHashMap<>(64, 0.75f, true);
  private final int max;

  OpenFiles(int max) {
    this.max = max;
  }

  /** The file's channel, opened when it is not. */
  FileChannel open(TailedFile file) throws IOException {
    FileChannel channel = file.open();
    used(file);
    return channel;
  }

  /** A file was read, or opened elsewhere. */
  void used(TailedFile file) {
    byUse.put(file, Boolean.TRUE);
    if (byUse.size() > max && !evict(file, true)) {
      evict(file, false);
    }
  }

  void close(TailedFile file) {
    byUse.remove(file);
    file.close();
  }

  void closeAll() {
    byUse.keySet().forEach(TailedFile::close);
    byUse.clear();
  }

  private boolean evict(TailedFile keep, boolean onlySettled) {
    for (Iterator<TailedFile> files = byUse.keySet().iterator(); files.hasNext(); ) {
      TailedFile file = files.next();
      if (file != keep && !file.gone && (!onlySettled || file.ranges().isSettled())) {
        files.remove();
        file.close();
        return true;
      }
    }
    return false;
  }
}
