package io.forebay.queue;

import static io.forebay.queue.QueueFixture.numbered;
import static io.forebay.queue.QueueFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What no queue writes though every checksum fits: each of these once broke a reader. */
@Timeout(60)
class ImpossibleFilesTest {

  private static final String STATE = "state";

  private final CrashStorage disk = new CrashStorage();
  private final QueueFixture.Reports reports = new QueueFixture.Reports();
  private final QueueOptions options =
      QueueFixture.options(Path.of("memory"), 1 << 20, 4096, Overflow.DROP_NEWEST, reports);

  private void fill(QueueOptions with, int records) throws IOException {
    try (PersistentQueue queue = disk.open(with)) {
      for (int i = 0; i < records; i++) {
        store(queue, numbered(i, 1, 500));
      }
    }
  }

  private List<Integer> drain() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (PersistentQueue queue = disk.open(options)) {
      for (Lease lease : QueueFixture.leaseAll(queue)) {
        numbers.add(QueueFixture.number(lease, 0));
        lease.acknowledge();
      }
      store(queue, numbered(99, 1, 500));
      assertThat(QueueFixture.leaseAll(queue)).hasSize(1);
    }
    return numbers;
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  /** Changes both slots of the state file, and mends their checksums. */
  private void changeState(java.util.function.BiConsumer<ByteBuffer, Integer> change) {
    byte[] state = disk.content(STATE);
    for (int at = 0; at < state.length; at += StateFile.SLOT_BYTES) {
      change.accept(ByteBuffer.wrap(state), at);
      CRC32C crc = new CRC32C();
      crc.update(state, at, 68);
      crc.update(state, at + 72, StateFile.SLOT_BYTES - 72);
      ByteBuffer.wrap(state).putInt(at + 68, (int) crc.getValue());
    }
    disk.replace(STATE, state);
  }

  /** Two thousand million ranges were made room for. */
  @Test
  void stateThatTellsOfMoreRangesThanItHolds_isNoState() throws IOException {
    fill(options, 5);
    changeState((state, at) -> state.putInt(at + 48, Integer.MAX_VALUE));
    assertThat(drain()).containsExactly(0, 1, 2, 3, 4);
  }

  /** The next number overflowed. */
  @Test
  void stateThatTellsOfTheLastNumberThereIs_isNoState() throws IOException {
    fill(options, 5);
    changeState((state, at) -> state.putLong(at + 24, Long.MAX_VALUE));
    assertThat(drain()).containsExactly(0, 1, 2, 3, 4);
    changeState((state, at) -> state.putLong(at + 32, Long.MAX_VALUE - 1));
    assertThat(drain()).contains(99);
  }

  /** The other slot was not looked at. */
  @Test
  void oneImpossibleSlot_leavesTheOther() throws IOException {
    fill(options, 5);
    drain();
    byte[] before = disk.content(STATE);
    int newer =
        ByteBuffer.wrap(before).getLong(8)
                > ByteBuffer.wrap(before).getLong(StateFile.SLOT_BYTES + 8)
            ? 0
            : StateFile.SLOT_BYTES;
    changeState(
        (state, at) -> {
          if (at == newer) {
            state.putInt(at + 52, -1);
          }
        });
    try (PersistentQueue queue = disk.open(options)) {
      assertThat(queue.statistics().nextSequence()).isGreaterThanOrEqualTo(6);
      assertThat(queue.statistics().frontier()).isPositive();
    }
  }

  /** Reading ended with an exception of the decompressor, at this frame for ever. */
  @Test
  void compressedFrameThatIsNotCompressed_costsItself() throws IOException {
    forge(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 500);
    assertThat(drain()).containsExactly(0, 2, 3, 4);
    assertThat(reports.dropped).containsEntry(DropReason.DAMAGED, 1L);
  }

  /** The decompressor looked behind the end. */
  @Test
  void compressedFrameOfNoBytes_costsItself() throws IOException {
    forge(new byte[0], 1, 500);
    assertThat(drain()).containsExactly(0, 2, 3, 4);
    assertThat(reports.dropped).containsEntry(DropReason.DAMAGED, 1L);
  }

  /** Sixty-four megabytes were made room for, on the word of forty-four bytes. */
  @Test
  void compressedFrameThatClaimsToBeHuge_isNotMadeRoomFor() throws Exception {
    forge(Zstd.compress(new byte[504]), 1, FrameHeader.MAX_BODY_BYTES - 4);
    byte[] segment = disk.content(SegmentHeader.fileName(0));
    FrameHeader claims = FrameHeader.decode(ByteBuffer.wrap(segment), frameAt(1), 1000);
    assertThat(claims).isNotNull();
    ByteBuffer body = ByteBuffer.wrap(segment, frameAt(1) + FrameHeader.BYTES, claims.bodyBytes());
    double bytes =
        AllocatedBytes.perUnit(
            1, () -> assertThat(DecodedFrame.decode(claims, body.duplicate())).isNull());
    assertThat(bytes).isLessThan(10_000);
    assertThat(drain()).containsExactly(0, 2, 3, 4);
  }

  private static int frameAt(int i) {
    return SegmentHeader.BYTES + i * (FrameHeader.BYTES + Integer.BYTES + 500);
  }

  /** Gives the second of five frames another body, and fills its place up behind it. */
  private void forge(byte[] body, int count, int payloadBytes) throws IOException {
    fill(options, 5);
    String name = SegmentHeader.fileName(0);
    byte[] segment = disk.content(name);
    int at = frameAt(1);
    System.arraycopy(body, 0, segment, at + FrameHeader.BYTES, body.length);
    new FrameHeader(body.length, 1, 1, count, payloadBytes, true, checksum(body, 0, body.length))
        .encode(ByteBuffer.wrap(segment), at);
    disk.replace(name, segment);
  }
}
