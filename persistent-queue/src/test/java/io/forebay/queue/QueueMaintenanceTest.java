package io.forebay.queue;

import static io.forebay.queue.QueueFixture.leaseAll;
import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Repairing, purging and renaming a queue that nothing uses. */
@Timeout(60)
class QueueMaintenanceTest {

  /** Of one record of 100 bytes. */
  private static final int FRAME_BYTES = FrameHeader.BYTES + Integer.BYTES + 100;

  @TempDir Path temp;

  private final QueueFixture.Reports reports = new QueueFixture.Reports();

  private Path directory() {
    return temp.resolve("queue");
  }

  private Path evidence() {
    return temp.resolve("evidence");
  }

  private PersistentQueue open() throws IOException {
    return PersistentQueue.open(
        QueueFixture.options(directory(), 8 << 20, 4096, Overflow.DROP_NEWEST, reports));
  }

  /** One frame a record, 27 frames a segment. */
  private void fill(int records) throws IOException {
    try (PersistentQueue queue = open()) {
      for (int i = 0; i < records; i++) {
        store(queue, numbered(i, 1, 100));
      }
    }
  }

  private List<Integer> drain() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (PersistentQueue queue = open()) {
      for (Lease lease : leaseAll(queue)) {
        for (int i = 0; i < lease.count(); i++) {
          numbers.add(QueueFixture.number(lease, i));
        }
      }
    }
    return numbers;
  }

  private Path segment(long first) {
    return directory().resolve(SegmentHeader.fileName(first));
  }

  private void damage(long first, int frame) throws IOException {
    byte[] content = Files.readAllBytes(segment(first));
    content[SegmentHeader.BYTES + frame * FRAME_BYTES + 60] ^= 1;
    Files.write(segment(first), content);
  }

  private QueueCheck check() throws IOException {
    return new QueueInspector(directory()).check(bytes -> {});
  }

  private QueueRepair.Outcome repair() throws IOException {
    return QueueRepair.repair(directory(), evidence(), bytes -> {});
  }

  @Test
  void repair_leavesOutWhatCannotBeRead_andKeepsItsBytes() throws IOException {
    fill(60);
    damage(0, 3);
    damage(27, 5);
    byte[] damaged =
        Arrays.copyOfRange(
            Files.readAllBytes(segment(0)),
            SegmentHeader.BYTES + 3 * FRAME_BYTES,
            SegmentHeader.BYTES + 4 * FRAME_BYTES);

    QueueRepair.Outcome plan = QueueRepair.plan(directory(), bytes -> {});
    QueueRepair.Outcome outcome = repair();
    assertThat(Files.getPosixFilePermissions(outcome.evidence().get(0)))
        .as("what was to be delivered is nobody else's to read")
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    assertThat(plan.lostRecords()).isEqualTo(2);
    assertThat(plan.evidence()).isEmpty();
    assertThat(outcome.lostRecords()).isEqualTo(2);
    assertThat(outcome.complete()).isTrue();
    assertThat(outcome.evidence()).hasSize(2);
    assertThat(outcome.evidence().get(0)).hasBinaryContent(damaged);
    assertThat(check().well()).isTrue();
    assertThat(QueueRepair.plan(directory(), bytes -> {}).needed()).isFalse();
    assertThat(drain()).hasSize(58).doesNotContain(3, 32);
    assertThat(reports.dropped).isEmpty(); // what the repair said is not said again
  }

  @Test
  void repair_ofAShortSegment_leavesOutWhatTheStateTellsOf() throws IOException {
    fill(5);
    byte[] content = Files.readAllBytes(segment(0));
    Files.write(segment(0), Arrays.copyOf(content, content.length - 10));

    QueueRepair.Outcome outcome = repair();

    assertThat(outcome.lostRecords()).isEqualTo(1);
    assertThat(outcome.evidence().get(0)).hasSize(FRAME_BYTES - 10);
    assertThat(check().well()).isTrue();
    assertThat(drain()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void repair_ofAWholeDamagedSegment_keepsItBeforeItGoes() throws IOException {
    fill(5);
    byte[] content = Files.readAllBytes(segment(0));
    Arrays.fill(content, SegmentHeader.BYTES, content.length, (byte) 7);
    Files.write(segment(0), content);

    QueueRepair.Outcome outcome = repair();

    assertThat(outcome.lostRecords()).isEqualTo(5);
    assertThat(outcome.evidence().get(0)).hasSize(5L * FRAME_BYTES);
    assertThat(check().well()).isTrue();
  }

  @Test
  void repair_withoutAState_makesItAnew_andLosesNothing() throws IOException {
    fill(5);
    Files.write(directory().resolve("state"), new byte[StateFile.FILE_BYTES]);

    QueueRepair.Outcome outcome = repair();

    assertThat(outcome.stateLost()).isTrue();
    assertThat(outcome.lostRecords()).isZero();
    assertThat(check().well()).isTrue();
    assertThat(drain()).hasSize(5);
  }

  @Test
  void repair_ofAForeignState_putsItAside() throws IOException {
    fill(5);
    byte[] content = Files.readAllBytes(segment(0));
    ByteBuffer.wrap(content).putLong(8, 4711);
    CRC32C crc = new CRC32C();
    crc.update(content, 0, 36);
    ByteBuffer.wrap(content).putInt(36, (int) crc.getValue());
    Files.write(segment(0), content);
    assertThatThrownBy(this::open).isInstanceOf(QueueFormatException.class);

    QueueRepair.Outcome outcome = repair();

    assertThat(outcome.stateForeign()).isTrue();
    assertThat(evidence().resolve("damaged-state-0")).hasSize(StateFile.FILE_BYTES);
    assertThat(drain()).hasSize(5);
  }

  @Test
  void repair_ofASoundQueue_isNotNeeded() throws IOException {
    fill(5);
    Files.write(segment(0), new byte[30], java.nio.file.StandardOpenOption.APPEND);

    assertThat(QueueRepair.plan(directory(), bytes -> {}).needed()).isFalse();
  }

  @Test
  void changes_areRefused_whileTheQueueIsOpen() throws IOException {
    try (PersistentQueue queue = open()) {
      store(queue, numbered(0, 3, 100));

      assertThatThrownBy(() -> QueuePurge.purge(directory()))
          .isInstanceOf(QueueLockedException.class);
      assertThatThrownBy(() -> QueuePurge.remove(directory()))
          .isInstanceOf(QueueLockedException.class);
      assertThatThrownBy(this::repair).isInstanceOf(QueueLockedException.class);
      assertThatThrownBy(() -> QueueRename.rename(directory(), temp.resolve("other")))
          .isInstanceOf(QueueLockedException.class);
      assertThat(queue.statistics().records()).isEqualTo(3);
    }
    assertThat(drain()).hasSize(3);
  }

  @Test
  void purge_empties_andNumbersGoOn() throws IOException {
    fill(60);
    Files.write(directory().resolve("damaged-x"), new byte[10]);
    Files.write(directory().resolve("notes.txt"), new byte[10]);

    QueuePurge.Removed removed = QueuePurge.purge(directory());

    assertThat(removed.records()).isEqualTo(60);
    assertThat(removed.files()).hasSize(4);
    assertThat(removed.kept()).containsExactly("notes.txt");
    assertThat(check().well()).isTrue();
    try (PersistentQueue queue = open()) {
      assertThat(queue.statistics().records()).isZero();
      assertThat(store(queue, numbered(0, 1, 100))).isEqualTo(60);
    }
  }

  @Test
  void purge_afterARestartOfNumbers_neverUsesANumberTwice() throws IOException {
    fill(5);
    Files.delete(directory().resolve("state"));

    QueuePurge.purge(directory());

    try (PersistentQueue queue = open()) {
      assertThat(store(queue, numbered(0, 1, 100))).isGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void remove_takesTheDirectoryToo_unlessThereIsMoreInIt() throws IOException {
    fill(5);
    Path more = Files.createDirectory(directory().resolve("more"));

    assertThat(QueuePurge.remove(directory()).kept()).containsExactly("more");
    assertThat(directory()).exists();
    Files.delete(more);

    Files.write(directory().resolve("adopted"), new byte[10]);
    QueuePurge.Removed removed = QueuePurge.remove(directory());
    assertThat(removed.kept()).isEmpty();
    assertThat(removed.files()).containsExactlyInAnyOrder("lock", "state", "adopted");
    assertThat(removed.bytes()).isEqualTo(64 + 8192 + 10);
    assertThat(directory()).doesNotExist();
    assertThatThrownBy(() -> QueuePurge.purge(directory())).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void rename_keepsRecordsNumbersAndEpoch() throws IOException {
    fill(5);
    long epoch = new QueueInspector(directory()).summary().epoch();
    Path other = temp.resolve("deep/er/queue");
    Files.createDirectories(other);

    QueueRename.rename(directory(), other);

    assertThat(directory()).doesNotExist();
    QueueSummary summary = new QueueInspector(other).summary();
    assertThat(summary.records()).isEqualTo(5);
    assertThat(summary.epoch()).isEqualTo(epoch);
    QueueRename.rename(other, directory()); // and the lock was let go of
    assertThat(drain()).hasSize(5);
  }
}
