package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damages that have a name, on a real file system: what is lost, said and kept. */
@Timeout(60)
class NamedDamageTest {

  private static final Path DOCUMENT = Path.of("../docs/DURABILITY.md");

  @TempDir Path temporary;
  private Path directory = Path.of("queue");

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = temporary.toRealPath().resolve("queue");
  }

  @ParameterizedTest
  @EnumSource(NamedDamage.class)
  void damage_costsWhatTheTableSays_andTheQueueGoesOn(NamedDamage row) throws IOException {
    DamagedQueue queue = DamagedQueue.fill(directory);
    row.change.to(queue);
    assertThat(DamageOutcome.of(queue)).isEqualTo(row.outcome);
  }

  @ParameterizedTest
  @EnumSource(NamedDamage.class)
  void table_isInTheDocument(NamedDamage row) throws IOException {
    assertThat(Files.readAllLines(DOCUMENT)).contains(row.line());
  }

  /** Where a segment would begin there is a directory, which nothing here may remove. */
  @Test
  void directoryWithTheNameOfTheNextSegment_costsOneAppend() throws IOException {
    DamagedQueue queue = DamagedQueue.fill(directory);
    Path strange = Files.createDirectory(queue.segment(DamagedQueue.END));
    try (PersistentQueue opened =
        PersistentQueue.open(DamagedQueue.options(directory, QueueListener.NONE))) {
      assertThat(opened.append(QueueFixture.batch("failed")).toCompletableFuture())
          .failsWithin(java.time.Duration.ofSeconds(20))
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining(strange + " is in the way")
          .havingRootCause()
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(QueueFixture.store(opened, QueueFixture.batch("after")))
          .isEqualTo(DamagedQueue.END + 1);
      assertThat(QueueFixture.leaseAll(opened)).hasSize(61);
    }
    assertThat(strange).isDirectory();
  }

  @Test
  void secondProcess_isRefused_andTold() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LockHolderTest.Holder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('0');
      QueueOptions options = DamagedQueue.options(directory, QueueListener.NONE);
      assertThatThrownBy(() -> PersistentQueue.open(options))
          .isInstanceOf(QueueLockedException.class)
          .hasMessage("queue directory %s is in use by process %d", directory, holder.pid());
      assertThat(new QueueInspector(directory).check(bytes -> {}).well()).isTrue();
      holder.destroyForcibly().waitFor();
      try (PersistentQueue queue = PersistentQueue.open(options)) {
        QueueFixture.store(queue, QueueFixture.batch("mine"));
        assertThat(QueueFixture.leaseAll(queue)).hasSize(1);
      }
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void readOnlyDirectory_isRefused_andUntouched() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    DamagedQueue.fill(directory);
    Files.delete(directory.resolve(DirectoryLock.FILE_NAME));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(directory), "root may write to any directory");
      assertThatThrownBy(
              () -> PersistentQueue.open(DamagedQueue.options(directory, QueueListener.NONE)))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining(directory.toString());
      assertThat(new QueueInspector(directory).check(bytes -> {}).well()).isTrue();
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** As the one above, where the tests run as root. */
  @Test
  void diskThatTakesNothing_isRefused_andUntouched() throws IOException {
    CrashStorage disk = new CrashStorage();
    QueueOptions options = DamagedQueue.options(Path.of("memory"), QueueListener.NONE);
    try (PersistentQueue queue = disk.open(options)) {
      QueueFixture.store(queue, QueueFixture.batch("one"));
    }
    byte[] state = disk.content("state");
    disk.failOperation(1);
    assertThatThrownBy(() -> disk.open(options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("injected failure");
    assertThat(disk.content("state")).isEqualTo(state);
    disk.heal();
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(QueueFixture.texts(QueueFixture.leaseAll(queue))).containsExactly("one");
    }
  }
}
