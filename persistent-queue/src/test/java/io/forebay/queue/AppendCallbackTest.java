package io.forebay.queue;

import static io.forebay.queue.QueueFixture.batch;
import static io.forebay.queue.QueueFixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends whose caller wants to be told and no stage. */
class AppendCallbackTest {

  @TempDir Path temp;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AppendCallback callback =
      new AppendCallback() {
        @Override
        public void onStored(long firstSequence, int count) {
          told.add("stored " + firstSequence + " +" + count);
        }

        @Override
        public void onRefused(DropReason reason) {
          told.add("refused " + reason);
        }

        @Override
        public void onFailed(IOException cause) {
          told.add("failed " + cause.getMessage());
        }
      };

  private PersistentQueue open() throws IOException {
    return PersistentQueue.open(
        QueueFixture.options(
            temp.resolve("q"), 256 * 1024, 16 * 1024, Overflow.DROP_NEWEST, QueueListener.NONE));
  }

  @Test
  void eachAppend_isToldOnce_inOrder() throws IOException {
    try (PersistentQueue queue = open()) {
      queue.append(batch("one", "two"), callback);
      queue.append(numbered(0, 1, 300_000), callback);
      queue.append(batch("three"), callback);
      await().until(() -> told.size() == 3);
      assertThat(told).containsExactly("stored 0 +2", "refused TOO_LARGE", "stored 2 +1");
      assertThat(QueueFixture.texts(QueueFixture.leaseAll(queue)))
          .containsExactly("one", "two", "three");
    }
    assertThat(told).hasSize(3);
  }

  @Test
  void closedQueue_failsTheAppend() throws IOException {
    PersistentQueue queue = open();
    queue.close();
    queue.append(batch("late"), callback);
    assertThat(told).containsExactly("failed the queue is closed");
  }

  @Test
  void callbackThatThrows_harmsNobodyElse() throws IOException {
    AppendCallback throwing =
        new AppendCallback() {
          @Override
          public void onStored(long firstSequence, int count) {
            throw new IllegalStateException("a mistake in the caller");
          }

          @Override
          public void onRefused(DropReason reason) {}

          @Override
          public void onFailed(IOException cause) {}
        };
    try (PersistentQueue queue = open()) {
      queue.append(batch("one"), throwing);
      queue.append(batch("two"), callback);
      await().until(() -> told.size() == 1);
      assertThat(told).containsExactly("stored 1 +1");
    }
  }

  @Test
  void queueClosedWithinTheCall_commitsWhatStillWaits() throws IOException {
    PersistentQueue queue = open();
    AppendCallback closing =
        new AppendCallback() {
          @Override
          public void onStored(long firstSequence, int count) {
            for (int i = 0; i < 3; i++) {
              queue.append(batch("after " + i), callback);
            }
            try {
              queue.close();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }

          @Override
          public void onRefused(DropReason reason) {}

          @Override
          public void onFailed(IOException cause) {}
        };
    queue.append(batch("one"), closing);
    await().until(() -> told.size() == 3);
    assertThat(told).containsExactly("stored 1 +1", "stored 2 +1", "stored 3 +1");
    try (PersistentQueue reopened = open()) {
      assertThat(QueueFixture.texts(QueueFixture.leaseAll(reopened)))
          .containsExactly("one", "after 0", "after 1", "after 2");
    }
  }

  @Test
  void singleRecords_costNoGarbage() throws Exception {
    RecordBatch record = batch("a record that is appended again and again");
    CountingCallback counting = new CountingCallback();
    TestClock clock = new TestClock(1_800_000_000_000L);
    ManualLoop loop = new ManualLoop(clock);
    try (PersistentQueue queue =
        Recovery.open(
            QueueFixture.options(
                temp.resolve("m"), 1L << 30, 64 << 20, Overflow.DROP_NEWEST, QueueListener.NONE),
            FileStorage.open(temp.resolve("m")),
            loop)) {
      double bytes =
          AllocatedBytes.perUnit(
              1000,
              () -> {
                for (int i = 0; i < 1000; i++) {
                  queue.append(record, counting);
                }
                loop.run();
              });
      assertThat(counting.stored).isPositive();
      assertThat(bytes).as("bytes allocated for a single record").isLessThan(4);
    }
  }

  private static final class CountingCallback implements AppendCallback {
    long stored;

    @Override
    public void onStored(long firstSequence, int count) {
      stored += count;
    }

    @Override
    public void onRefused(DropReason reason) {
      throw new AssertionError("refused: " + reason);
    }

    @Override
    public void onFailed(IOException cause) {
      throw new AssertionError(cause);
    }
  }
}
