package io.forebay.agent.queue;

import io.forebay.agent.queue.AdoptionJournal.Entry;
import io.forebay.agent.queue.AdoptionJournal.Piece;
import io.forebay.queue.QueueScan;
import io.forebay.queue.ScanOptions;
import io.forebay.queue.StoredFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which records of an interrupted adoption are in the second queue already: those whose numbers the
 * journal tells, and that hold the same bytes there.
 */
record ArrivedRecords(Path source, Path target, List<Piece> pieces) {

  static ArrivedRecords of(Path source, Path target, Entry entry) {
    return new ArrivedRecords(source, target, entry.pieces());
  }

  /** Their numbers in the first queue. */
  Set<Long> numbers() throws IOException {
    Set<Long> arrived = new HashSet<>();
    if (pieces.isEmpty()) {
      return arrived;
    }
    Map<Long, Long> numbers = new HashMap<>();
    Map<Long, byte[]> expected = expected(numbers);
    ScanOptions options = new ScanOptions(pieces.get(0).to(), true, Long.MIN_VALUE, false);
    try (QueueScan scan = new QueueScan(target, options, damage -> {})) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        for (int i = 0; i < frame.count(); i++) {
          long sequence = frame.firstSequence() + i;
          byte[] record = expected.get(sequence);
          Long number = numbers.get(sequence);
          if (record != null && number != null && Arrays.equals(record, bytes(frame, i))) {
            arrived.add(number);
          }
        }
      }
    }
    return arrived;
  }

  /**
   * What the pieces hold, by the numbers in the second queue.
   *
   * @param numbers is filled with the numbers in the first queue
   */
  private Map<Long, byte[]> expected(Map<Long, Long> numbers) throws IOException {
    Map<Long, byte[]> expected = new HashMap<>();
    Piece last = pieces.get(pieces.size() - 1);
    ScanOptions options = new ScanOptions(pieces.get(0).from(), false, Long.MIN_VALUE, false);
    try (QueueScan scan = new QueueScan(source, options, damage -> {})) {
      while (scan.sequence() < last.from() + last.count()) {
        StoredFrame frame = scan.next();
        if (frame == null) {
          break;
        }
        for (int i = 0; i < frame.count(); i++) {
          long sequence = frame.firstSequence() + i;
          for (Piece piece : pieces) {
            if (piece.holds(sequence) && !frame.isSettled(i)) {
              long number = piece.to() + sequence - piece.from();
              numbers.put(number, sequence);
              expected.put(number, bytes(frame, i));
            }
          }
        }
      }
    }
    return expected;
  }

  private static byte[] bytes(StoredFrame frame, int i) {
    return Arrays.copyOfRange(frame.bytes(), frame.offset(i), frame.offset(i) + frame.length(i));
  }
}
