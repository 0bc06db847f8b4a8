package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A block that the disk can never read again: what it costs, and that it holds up nothing else. */
class UnreadableBlockTest {

  private static final int RECORDS = 400;

  /** Of one record of 100 bytes. */
  private static final int FRAME_BYTES = FrameHeader.BYTES + Integer.BYTES + 100;

  private static final int BAD_FROM = 4096;
  private static final int BAD_TO = 8192;

  /** Records with a byte in the block. */
  private static final int FIRST_BAD = (BAD_FROM - SegmentHeader.BYTES) / FRAME_BYTES;

  private static final int AFTER_BAD = (BAD_TO - SegmentHeader.BYTES - 1) / FRAME_BYTES + 1;

  private final CrashStorage disk = new CrashStorage();
  private final QueueFixture.Reports reports = new QueueFixture.Reports();
  private final QueueOptions options =
      QueueFixture.options(Path.of("memory"), 256 * 1024, 16 * 1024, Overflow.DROP_NEWEST, reports);
  private boolean bad;

  @Test
  void settledRecordsThatCannotBeRead_holdNothingUp() throws IOException {
    fillAndAcknowledge(0, AFTER_BAD + 3);
    bad = true;

    try (PersistentQueue queue = open()) {
      assertThat(drain(queue)).isEqualTo(numbers(AFTER_BAD + 3, RECORDS));
    }
    assertThat(reports.dropped).isEmpty();
  }

  @Test
  void whatWasLeftOutAsUnreadable_isPassed() throws IOException {
    fillAndAcknowledge(FIRST_BAD, AFTER_BAD); // as a repair does
    bad = true;

    try (PersistentQueue queue = open()) {
      List<Integer> wanted = new ArrayList<>(numbers(0, FIRST_BAD));
      wanted.addAll(numbers(AFTER_BAD, RECORDS));
      assertThat(drain(queue)).isEqualTo(wanted);
    }
    assertThat(reports.dropped).isEmpty();
  }

  @Test
  void oneRecordThatIsStillToBeDelivered_isWaitedFor() throws IOException {
    fillAndAcknowledge(0, AFTER_BAD - 1);
    bad = true;

    try (PersistentQueue queue = open()) {
      assertThatThrownBy(() -> drain(queue)).isInstanceOf(IOException.class);
      assertThat(queue.statistics().records()).isEqualTo(RECORDS - AFTER_BAD + 1);
      bad = false;
      assertThat(drain(queue)).isEqualTo(numbers(AFTER_BAD - 1, RECORDS));
    }
    assertThat(reports.dropped).isEmpty();
  }

  @Test
  void aScanTellsWhatTheDiskCannotRead_andReadsTheRest() throws IOException {
    fillAndAcknowledge(0, 0);
    bad = true;

    List<Damage> damages = new ArrayList<>();
    List<Integer> found = new ArrayList<>();
    try (Storage storage = storage();
        QueueScan scan = new QueueScan(storage, ScanOptions.UNDELIVERED, damages::add)) {
      for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
        found.add(ByteBuffer.wrap(frame.bytes()).getInt(frame.offset(0)));
      }
    }

    List<Integer> wanted = new ArrayList<>(numbers(0, FIRST_BAD));
    wanted.addAll(numbers(AFTER_BAD, RECORDS));
    assertThat(found).isEqualTo(wanted);
    assertThat(damages.stream().mapToLong(Damage::undelivered).sum())
        .isEqualTo(AFTER_BAD - FIRST_BAD);
    assertThat(damages)
        .allSatisfy(
            damage -> {
              assertThat(damage.what()).isEqualTo("the disk cannot read it (bad block)");
              assertThat(damage.isUnreadable()).isTrue();
            });
  }

  /** Lets the queue settle the records {@code from <= n < to}, while all can be read. */
  private void fillAndAcknowledge(int from, int to) throws IOException {
    try (PersistentQueue queue = open()) {
      for (int i = 0; i < RECORDS; i++) {
        QueueFixture.store(queue, QueueFixture.numbered(i, 1, 100));
      }
      for (Lease lease : QueueFixture.leaseAll(queue)) {
        int number = QueueFixture.number(lease, 0);
        if (number >= from && number < to) {
          lease.acknowledge();
        } else {
          lease.release();
        }
      }
    }
  }

  private static List<Integer> drain(PersistentQueue queue) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (Lease lease : QueueFixture.leaseAll(queue)) {
      numbers.add(QueueFixture.number(lease, 0));
      lease.acknowledge();
    }
    return numbers;
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private PersistentQueue open() throws IOException {
    return Recovery.open(options, storage(), new WriterThread(options.directory()));
  }

  private Storage storage() throws IOException {
    return new BadBlock(disk.storage());
  }

  /** Cannot read the block of the first segment, while that is so. */
  private final class BadBlock extends ForwardingStorage {

    BadBlock(Storage storage) {
      super(storage);
    }

    @Override
    StorageFile opened(String name, StorageFile file) {
      return name.equals(SegmentHeader.fileName(0)) ? new BadFile(file) : file;
    }
  }

  private final class BadFile extends ForwardingStorage.ForwardingFile {

    BadFile(StorageFile file) {
      super(file);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      if (bad && position < BAD_TO && position + into.remaining() > BAD_FROM) {
        throw new IOException("bad block");
      }
      return super.read(into, position);
    }
  }
}
