package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How far it reads ahead, and when it ends. */
@Timeout(60)
class ReadAheadTest {

  private static final long SEGMENT = 64L << 20;
  private static final long SLACK = 1L << 20;

  @TempDir Path directory;

  private final AtomicLong bytes = new AtomicLong();

  private final class CountedReads extends ForwardingStorage {

    CountedReads() throws IOException {
      super(new ReadOnlyStorage(directory));
    }

    @Override
    StorageFile opened(String name, StorageFile file) {
      return new ForwardingFile(file) {
        @Override
        public int read(ByteBuffer into, long position) throws IOException {
          int read = super.read(into, position);
          bytes.addAndGet(read);
          return read;
        }
      };
    }
  }

  /** Three segments with holes, which take no room. */
  private ReadAhead begin(long secondLength) throws IOException {
    TreeMap<Long, Long> segments = new TreeMap<>();
    for (long first = 0; first < 3; first++) {
      try (FileChannel file =
          FileChannel.open(
              directory.resolve(SegmentHeader.fileName(first)),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.allocate(1), (first == 1 ? secondLength : SEGMENT) - 1);
      }
      segments.put(first, SEGMENT);
    }
    return ReadAhead.begin(new CountedReads(), segments);
  }

  private void awaitBytes(long atLeast) {
    await().atMost(Duration.ofSeconds(30)).until(() -> bytes.get() >= atLeast);
  }

  private static void awaitEnd() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("queue-read-ahead")));
  }

  @Test
  void itStaysAheadByABound_acrossSegments_untilAllIsRead() throws IOException {
    try (ReadAhead ahead = begin(SEGMENT)) {
      for (long passed = 0; passed <= 3 * SEGMENT; passed += 16 << 20) {
        ahead.passed(passed);
        awaitBytes(Math.min(3 * SEGMENT, passed + ReadAhead.AHEAD_BYTES / 2));
        assertThat(bytes.get()).isLessThanOrEqualTo(passed + ReadAhead.AHEAD_BYTES + SLACK);
      }
      awaitEnd();
    }
    assertThat(bytes.get()).isEqualTo(3 * SEGMENT);
  }

  @Test
  void whatWasOvertakenIsLeftOut() throws IOException {
    try (ReadAhead ahead = begin(SEGMENT)) {
      awaitBytes(ReadAhead.AHEAD_BYTES);
      ahead.passed(3 * SEGMENT - 1000);
      awaitEnd();
    }
    assertThat(bytes.get()).isLessThanOrEqualTo(ReadAhead.AHEAD_BYTES + 2 * SLACK);
  }

  @Test
  void aSegmentThatIsShorterNow_orGone_costsNothing() throws IOException {
    try (ReadAhead ahead = begin(1000)) {
      ahead.passed(SEGMENT);
      awaitBytes(1000);
      ahead.passed(3 * SEGMENT);
      awaitEnd();
    }
  }

  @Test
  void closedWhileItWaits_itEnds() throws IOException {
    ReadAhead ahead = begin(SEGMENT);
    awaitBytes(ReadAhead.AHEAD_BYTES);

    ahead.close();

    awaitEnd();
    assertThat(bytes.get()).isLessThanOrEqualTo(ReadAhead.AHEAD_BYTES + SLACK);
  }
}
