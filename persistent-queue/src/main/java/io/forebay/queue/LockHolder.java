package io.forebay.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out who holds a queue without touching its lock, so that a queue that is being opened is
 * not disturbed. On Linux the system's table of locks tells; elsewhere the lock's text and whether
 * that process lives, which can name a process that has taken the number over.
 */
final class LockHolder {

  private static final Path TABLE = Path.of("/proc/locks");
  private static final Pattern PID = Pattern.compile("pid (\\d{1,18})");

  /**
   * Number, kind, mode, access, process, device, file: {@code 1: POSIX ADVISORY WRITE 7 fe:00:9 0
   * EOF}.
   */
  private static final Pattern LINE =
      Pattern.compile(
          "\\d+: (?:POSIX|OFDLCK)\\s+\\S+\\s+\\S+\\s+(-?\\d+) (\\p{XDigit}+):(\\p{XDigit}+):(\\d+) .*");

  private LockHolder() {}

  /** The process that holds the directory; empty when none does, as far as can be seen. */
  static OptionalLong of(Path directory) {
    Path lock = directory.resolve(DirectoryLock.FILE_NAME);
    try {
      if (DirectoryLock.isHeldHere(directory)) {
        return OptionalLong.of(ProcessHandle.current().pid());
      }
      Matcher text = PID.matcher(Files.readString(lock, StandardCharsets.ISO_8859_1));
      if (!text.lookingAt()) {
        return OptionalLong.empty();
      }
      long named = Long.parseLong(text.group(1));
      if (Files.isReadable(TABLE)) {
        return inTable(lock, named, Files.readAllLines(TABLE, StandardCharsets.US_ASCII));
      }
      return ProcessHandle.of(named).isPresent() ? OptionalLong.of(named) : OptionalLong.empty();
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return OptionalLong.empty(); // the answer is for people; who changes a queue takes the lock
    }
  }

  private static OptionalLong inTable(Path lock, long named, List<String> table)
      throws IOException {
    long inode = ((Number) Files.getAttribute(lock, "unix:ino")).longValue();
    long device = ((Number) Files.getAttribute(lock, "unix:dev")).longValue();
    for (String line : table) {
      Matcher matcher = LINE.matcher(line.strip());
      if (matcher.matches() && Long.parseLong(matcher.group(4)) == inode) {
        long pid = Long.parseLong(matcher.group(1));
        // Some file systems show another device number here than to the one who asks the file.
        if (pid == named || device(matcher).equals(device(device))) {
          return OptionalLong.of(pid > 0 ? pid : named);
        }
      }
    }
    return OptionalLong.empty();
  }

  private static String device(Matcher line) {
    return Long.parseLong(line.group(2), 16) + ":" + Long.parseLong(line.group(3), 16);
  }

  /** As glibc's {@code gnu_dev_major} and {@code gnu_dev_minor}. */
  private static String device(long number) {
    long major = (number >>> 8 & 0xfff) | (number >>> 32 & ~0xfffL);
    long minor = (number & 0xff) | (number >>> 12 & ~0xffL);
    return String.format(Locale.ROOT, "%d:%d", major, minor);
  }
}
