package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;

/**
 * Tells "there is no room" from the other ways in which a file system fails. Java hands on nothing
 * but the words of the system, which are in the language of its user; so these are asked of a
 * device that is always full.
 */
final class NoSpace {

  private static final Path FULL_DEVICE = Path.of("/dev/full");

  /** As said in the language that programmers speak; the second is said of a quota. */
  private static final Set<String> WORDS = Set.of("no space left on device", "quota exceeded");

  private NoSpace() {}

  /** Whether the words are those of a file system without room, or of a quota that is used up. */
  static boolean isSaidBy(Exception failure) {
    String message = failure instanceof IOException ? failure.getMessage() : null;
    if (message == null) {
      return false;
    }
    String text = message.toLowerCase(Locale.ROOT);
    return WORDS.stream().anyMatch(text::contains) || text.contains(SystemWords.NO_SPACE);
  }

  /** Asked for once, when something has failed. */
  private static final class SystemWords {

    static final String NO_SPACE = ask(FULL_DEVICE).toLowerCase(Locale.ROOT);
  }

  /**
   * What the system says when the device is written to; what it says in English where it is not.
   */
  static String ask(Path fullDevice) {
    try (FileChannel device = FileChannel.open(fullDevice, StandardOpenOption.WRITE)) {
      device.write(ByteBuffer.allocate(1));
    } catch (IOException e) {
      String said = e.getMessage();
      if (said != null && !said.isBlank() && !said.contains(fullDevice.toString())) {
        return said;
      }
    }
    return "no space left on device";
  }
}
