package io.forebay.agent.endtoend;

import io.forebay.queue.Lease;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the dead letters that an agent which has stopped left behind. */
final class DeadLetters {

  private DeadLetters() {}

  static List<String> read(Path directory) throws IOException {
    List<String> letters = new ArrayList<>();
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(directory))) {
      for (Lease lease = queue.lease(1000, 1 << 20);
          lease != null;
          lease = queue.lease(1000, 1 << 20)) {
        for (int i = 0; i < lease.count(); i++) {
          letters.add(
              new String(lease.bytes(), lease.offset(i), lease.length(i), StandardCharsets.UTF_8));
        }
      }
    }
    return letters;
  }
}
