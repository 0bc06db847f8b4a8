package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.queue.QueueCheck;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an agent that is not running any more left on its disk. */
final class Remains {

  private static final Pattern OFFSET = Pattern.compile("\"offset\":(\\d+)");

  private final Path queue;

  Remains(Path queue) {
    this.queue = queue;
  }

  /** Numbers of the lines that the queue still has to deliver. */
  BitSet queued() throws IOException {
    BitSet numbers = new BitSet();
    if (!QueueInspector.isQueue(queue)) {
      return numbers;
    }
    try (QueueScan scan = new QueueScan(queue, ScanOptions.UNDELIVERED, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          if (!frame.isSettled(i)) {
            int begin = frame.offset(i);
            byte[] record = Arrays.copyOfRange(frame.bytes(), begin, begin + frame.length(i));
            for (int number : Arrivals.numbers(record, record.length)) {
              numbers.set(number);
            }
          }
        }
      }
    }
    return numbers;
  }

  /** Whoever is killed leaves at most a torn tail, and no damage. */
  void assertSound() throws IOException {
    if (QueueInspector.isQueue(queue)) {
      QueueCheck check = new QueueInspector(queue).check(bytes -> {});
      assertThat(check.listed()).as("damages in %s", queue).isEmpty();
      assertThat(check.well()).as("the queue in %s is well: %s", queue, check).isTrue();
    }
  }

  /** Bytes of the tailed file that the agent would not read again. */
  static long cursor(Path dataDirectory, String node) throws IOException {
    try {
      String text = Files.readString(dataDirectory.resolve("cursors").resolve(node + ".json"));
      Matcher offset = OFFSET.matcher(text);
      return offset.find() ? Long.parseLong(offset.group(1)) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
