package io.forebay.queue;

import static io.forebay.queue.QueueFixture.leaseAll;
import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory that is removed, moved away or replaced under a running queue. */
@Timeout(60)
class VanishedDirectoryTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path temp;

  private final QueueFixture.Reports reports = new QueueFixture.Reports();

  private Path directory() {
    return temp.resolve("queue");
  }

  private Path elsewhere() {
    return temp.resolve("elsewhere");
  }

  private QueueOptions options() {
    return QueueFixture.options(directory(), 8 << 20, 4096, Overflow.DROP_NEWEST, reports);
  }

  /** One frame a record, 27 frames a segment. */
  private static void fill(PersistentQueue queue, int first, int count) {
    for (int i = first; i < first + count; i++) {
      store(queue, numbered(i, 1, 100));
    }
  }

  private static void assertRefuses(PersistentQueue queue) {
    assertThat(queue.append(numbered(999, 1, 100)).toCompletableFuture())
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(IOException.class);
    assertThat(queue.statistics().diskFailing()).isTrue();
  }

  private static List<Integer> numbers(PersistentQueue queue) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (Lease lease : leaseAll(queue)) {
      IntStream.range(0, lease.count()).forEach(i -> numbers.add(QueueFixture.number(lease, i)));
      lease.acknowledge();
    }
    return numbers;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static void remove(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void awaitWell(PersistentQueue queue) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              Lease lease = queue.lease(1, 1); // as whoever failed to read does, again and again
              if (lease != null) {
                lease.release();
              }
              return !queue.statistics().diskFailing();
            });
  }

  @Test
  void removedDirectory_isNoticedByTheNextAppend_andNothingIsCalledStoredInIt() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 40);
      remove(directory());
      for (int i = 0; i < 5; i++) {
        assertRefuses(queue);
      }
      assertThat(directory()).as("is not made in a place that may be the wrong one").doesNotExist();
      Files.createDirectory(directory());
      awaitWell(queue);
      fill(queue, 100, 40);
      assertThat(numbers(queue)).contains(100, 120, 139).doesNotContain(999);
      assertThat(reports.dropped.getOrDefault(DropReason.DAMAGED, 0L)).isBetween(13L, 40L);
      assertThat(queue.statistics().records()).isZero();
      fill(queue, 200, 10);
    }
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      assertThat(numbers(queue)).isEqualTo(range(200, 210));
    }
  }

  @Test
  void directoryThatStaysGone_failsAppendsAndReads_andTheQueueCanBeClosed() throws IOException {
    PersistentQueue queue = PersistentQueue.open(options());
    fill(queue, 0, 100);
    remove(directory());
    assertRefuses(queue);
    assertThatThrownBy(() -> leaseAll(queue)).isInstanceOf(IOException.class);
    assertThat(queue.statistics().records()).as("it may come back").isEqualTo(100);
    assertThat(reports.dropped).isEmpty();
    assertThatThrownBy(queue::close).isInstanceOf(IOException.class);
    try (PersistentQueue again = PersistentQueue.open(options())) {
      assertThat(again.statistics().records()).isZero();
    }
  }

  @Test
  void directoryThatIsMovedAwayAndBack_losesNothing() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 100);
      Files.move(directory(), elsewhere());
      assertRefuses(queue);
      assertThatThrownBy(() -> leaseAll(queue)).isInstanceOf(IOException.class);
      Files.move(elsewhere(), directory());
      awaitWell(queue);
      fill(queue, 100, 50);
      assertThat(numbers(queue)).isEqualTo(range(0, 150));
      assertThat(reports.dropped).isEmpty();
    }
  }

  @Test
  void directoryThatIsAway_isToldInTheSameWords_whateverNoticesIt() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 100);
      Files.move(directory(), elsewhere());
      for (int i = 0; i < 3; i++) { // the first finds the segment gone, the others begin another
        assertRefuses(queue);
      }
      assertThatThrownBy(() -> leaseAll(queue)).isInstanceOf(IOException.class);
      int found = reports.diskFailures;
      await().atMost(PATIENCE).until(() -> reports.diskFailures > found + 1); // nobody asks for it
      Files.move(elsewhere(), directory());
      awaitWell(queue);
    }
    assertThat(reports.diskTroubles)
        .allMatch(
            told ->
                told.matches("(append|read|write the state): .*")
                    && told.endsWith(
                        ": the directory was removed or moved away; put the directory back, or"
                            + " make an empty one"))
        .anyMatch(told -> told.startsWith("append"))
        .anyMatch(told -> told.startsWith("read"));
  }

  /** As seen by whoever may not look into the directory; a test may run as one who always may. */
  @Test
  void directoryThatMayNotBeLookedInto_isNotCalledGone() throws IOException {
    Storage closed =
        new ForwardingStorage(new CrashStorage().storage()) {
          @Override
          public List<Entry> list() throws IOException {
            throw new AccessDeniedException("/q");
          }

          @Override
          public boolean holdsDirectory() {
            return false;
          }
        };
    assertThatThrownBy(() -> DirectoryGuard.check(closed))
        .isInstanceOf(DiskException.class)
        .hasMessageContaining("may not use /q; give it the right");
  }

  /** As while rights are taken and given back: the list may be read though the look was denied. */
  @Test
  void directoryThatIsDeniedInOneMoment_isNotCalledGone() throws IOException {
    Storage denied =
        new ForwardingStorage(new CrashStorage().storage()) {
          @Override
          public boolean holdsDirectory() throws IOException {
            throw new AccessDeniedException("/q/lock");
          }
        };
    assertThat(DirectoryGuard.gone(denied))
        .hasMessage(
            "user '"
                + System.getProperty("user.name")
                + "' may not use /q/lock; give it the right to read and write the directory and its"
                + " files")
        .returns(DiskException.Kind.DENIED, DiskException::kind);
  }

  /** To follow the advice to make an empty directory would cost what is in it. */
  @Test
  void directoryOfWhichNobodyCanTell_isCalledFailing() throws IOException {
    try (FileStorage storage = FileStorage.open(directory())) {
      Path lock = storage.path(DirectoryLock.FILE_NAME);
      Files.delete(lock);
      Files.createSymbolicLink(lock, lock); // can be listed, and not be looked at
      assertThat(DirectoryGuard.gone(storage))
          .hasMessageStartingWith("its disk fails (" + lock + ": ")
          .returns(DiskException.Kind.FAILING, DiskException::kind);
    }
  }

  @Test
  void directoryWhoseLockIsRemoved_isNotCalledGone() throws IOException {
    try (FileStorage storage = FileStorage.open(directory())) {
      Files.delete(directory().resolve(DirectoryLock.FILE_NAME));
      assertThat(DirectoryGuard.gone(storage))
          .hasMessageStartingWith("the directory, or the file 'lock' in it, was replaced; ")
          .returns(DiskException.Kind.FAILING, DiskException::kind);
    }
  }

  /** As after a backup was put back, or a file system was mounted again. */
  @Test
  void directoryThatIsReplacedByACopy_losesNothing_andIsLockedAnew() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 100);
      copy(directory(), elsewhere());
      remove(directory());
      Files.move(elsewhere(), directory());
      assertRefuses(queue);
      awaitWell(queue);
      fill(queue, 100, 50);
      assertThat(numbers(queue)).isEqualTo(range(0, 150));
      assertThat(reports.dropped).isEmpty();
      fill(queue, 150, 10);
      assertThatThrownBy(() -> PersistentQueue.open(options()))
          .isInstanceOf(QueueLockedException.class);
    }
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      assertThat(numbers(queue)).isEqualTo(range(150, 160));
    }
  }

  @Test
  void directoryOfAnotherQueue_isNotTakenOver() throws IOException {
    QueueOptions other =
        QueueFixture.options(elsewhere(), 8 << 20, 4096, Overflow.DROP_NEWEST, QueueListener.NONE);
    try (PersistentQueue queue = PersistentQueue.open(other)) {
      fill(queue, 500, 3);
    }
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 40);
      Files.move(directory(), temp.resolve("mine"));
      Files.move(elsewhere(), directory());
      assertRefuses(queue);
      assertRefuses(queue);
      Files.move(directory(), elsewhere());
      Files.move(temp.resolve("mine"), directory());
      awaitWell(queue);
      assertThat(numbers(queue)).isEqualTo(range(0, 40));
    }
    try (PersistentQueue queue = PersistentQueue.open(other)) {
      assertThat(numbers(queue)).isEqualTo(range(500, 503));
    }
  }

  @Test
  void removedSegments_areCountedOnce_andTheQueueGoesOn() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 60);
      try (Stream<Path> files = Files.list(directory())) {
        for (Path file : files.filter(f -> f.toString().endsWith(".seg")).toList()) {
          Files.delete(file);
        }
      }
      assertRefuses(queue);
      awaitWell(queue);
      fill(queue, 100, 10);
      assertThat(numbers(queue)).isEqualTo(range(100, 110));
      assertThat(reports.dropped).containsOnly(java.util.Map.entry(DropReason.DAMAGED, 60L));
    }
  }

  @Test
  void removedStateFile_isWrittenAnew() throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      fill(queue, 0, 60);
      assertThat(numbers(queue)).hasSize(60);
      fill(queue, 60, 5);
      Files.delete(directory().resolve("state"));
      fill(queue, 65, 60); // begins segments, which looks whether all is in place
      await().atMost(PATIENCE).until(() -> Files.exists(directory().resolve("state")));
      assertThat(queue.statistics().diskFailing()).isFalse();
    }
    try (PersistentQueue queue = PersistentQueue.open(options())) {
      assertThat(numbers(queue)).isEqualTo(range(60, 125));
    }
  }
}
