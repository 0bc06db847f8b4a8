package io.forebay.agent.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which queues were taken over into a queue, and when: a line each with the time in milliseconds
 * since the epoch and the directory, the last one at the end. So an adoption that is run again,
 * after its queue is gone, can be told from one that names a queue that never was.
 */
final class AdoptedQueues {

  static final String FILE_NAME = "adopted";
  private static final int MAX_LINES = 100;

  private final NoteFile file;

  /**
   * @param directory of the queue that took the others over
   */
  AdoptedQueues(Path directory) {
    this.file = new NoteFile(directory, FILE_NAME);
  }

  /** When the queue was taken over, the last time; null when it never was. */
  @Nullable Instant time(Path queue) throws IOException {
    Instant time = null;
    for (String line : file.read()) {
      if (line.matches("\\d{1,15} .*") && isOf(queue, line)) {
        time = Instant.ofEpochMilli(Long.parseLong(line.substring(0, line.indexOf(' '))));
      }
    }
    return time;
  }

  /** Durable when it returns. */
  void add(Path queue, Instant time) throws IOException {
    List<String> lines = new ArrayList<>(file.read());
    lines.removeIf(line -> isOf(queue, line));
    lines.add(time.toEpochMilli() + " " + name(queue));
    file.write(lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()));
  }

  /** Forgets the queue, which was not taken over after all. */
  void remove(Path queue) throws IOException {
    List<String> lines = new ArrayList<>(file.read());
    if (lines.removeIf(line -> isOf(queue, line))) {
      file.write(lines);
    }
  }

  private static boolean isOf(Path queue, String line) {
    return line.endsWith(" " + name(queue))
        && line.indexOf(' ') == line.length() - name(queue).length() - 1;
  }

  private static String name(Path queue) {
    return queue.toString().replace('\n', ' ');
  }
}
