package io.forebay.queue;

import static io.forebay.queue.QueueFixture.batch;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Holds the bytes to {@code FORMAT.md}: what is on people's disks must stay readable. */
class SegmentFormatTest {

  private static final long EPOCH = 0x0123456789abcdefL;
  private static final long MILLIS = 1_700_000_000_000L;

  @Test
  void segment_hasTheBytesOfTheGoldenFile() throws IOException {
    CrashStorage disk = new CrashStorage();
    try (Storage storage = disk.storage()) {
      QueueState state =
          new QueueState(EPOCH, 7, 7, 7, 0, java.util.List.of(), java.util.List.of());
      Ledger ledger = new Ledger(state, 7, 1 << 20, 0);
      DirectoryGuard guard = new DirectoryGuard(storage, ledger, StateFile.open(storage), EPOCH);
      SegmentWriter writer =
          new SegmentWriter(
              storage,
              ledger,
              QueueListener.NONE,
              new DiskHealth(QueueListener.NONE),
              guard,
              EPOCH,
              1 << 16,
              true,
              5);
      FrameEncoder frame = new FrameEncoder(Compression.NONE);
      writer.begin();
      add(frame, batch("{\"body\":\"one\"}\n", "{\"body\":\"two\"}\n"));
      writer.add(frame, MILLIS);
      add(frame, batch("three"));
      writer.add(frame, MILLIS + 1);
      writer.flush();
      writer.sync();
      writer.publish(MILLIS);
      writer.end();
    }
    byte[] golden;
    try (InputStream file = getClass().getResourceAsStream("/segment-v1.hex")) {
      String hex =
          new String(
              Objects.requireNonNull(file).readAllBytes(),
              java.nio.charset.StandardCharsets.US_ASCII);
      golden = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
    assertThat(HexFormat.of().formatHex(disk.content(SegmentHeader.fileName(7))))
        .isEqualTo(HexFormat.of().formatHex(golden));
  }

  private static void add(FrameEncoder frame, RecordBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      frame.addLength(batch.lengths()[i]);
      frame.addPayload(batch.payload()[i]);
    }
  }
}
