package io.forebay.agent.queue;

import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dead letters, counted by why they were rejected.
 *
 * @param letters all that matched
 * @param counts the most frequent reason first
 * @param otherLetters those whose reasons are not in {@code counts}, since there are too many
 */
public record DeadLetterReasons(long letters, List<Count> counts, long otherLetters) {

  private static final int MAX_REASONS = 1000;

  public DeadLetterReasons {
    counts = List.copyOf(counts);
  }

  /**
   * Letters of one reason.
   *
   * @param lastAtMillis when the last was given up, milliseconds since the epoch
   */
  public record Count(String reason, long letters, long lastAtMillis) {

    Count plus(long atMillis) {
      return new Count(reason, letters + 1, Math.max(lastAtMillis, atMillis));
    }
  }

  /** Reads all that lie in a directory and match; safe beside a running agent. */
  public static DeadLetterReasons read(Path directory, RecordFilter filter) throws IOException {
    long letters = 0;
    long others = 0;
    Map<String, Count> counts = new LinkedHashMap<>();
    try (QueueScan scan = new QueueScan(directory, ScanOptions.UNDELIVERED, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          if (filter.accepts(frame, i)) {
            letters++;
            DeadLetter letter = DeadLetter.read(frame.bytes(), frame.offset(i), frame.length(i));
            String reason = letter == null ? "is no dead letter" : letter.reason();
            long at = letter == null ? frame.appendedAtMillis() : letter.atMillis();
            Count count = counts.get(reason);
            if (count != null) {
              counts.put(reason, count.plus(at));
            } else if (counts.size() < MAX_REASONS) {
              counts.put(reason, new Count(reason, 1, at));
            } else {
              others++;
            }
          }
        }
      }
    }
    List<Count> sorted = new ArrayList<>(counts.values());
    sorted.sort(Comparator.comparingLong(Count::letters).reversed());
    return new DeadLetterReasons(letters, sorted, others);
  }
}
