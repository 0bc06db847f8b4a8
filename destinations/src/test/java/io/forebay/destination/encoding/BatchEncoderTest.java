package io.forebay.destination.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.destination.Items;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xerial.snappy.Snappy;
import reactor.core.scheduler.Schedulers;

class BatchEncoderTest {

  private static final List<Item> ITEMS = Items.ofEveryKind();
  private static final String LINES = String.join("\n", Items.lines(ITEMS)) + "\n";

  @Test
  void writesALineAnItem() {
    assertThat(text(BatchFormat.NDJSON, ITEMS)).isEqualTo(LINES);
  }

  @Test
  void writesOneArray() {
    assertThat(text(BatchFormat.JSON_ARRAY, ITEMS))
        .isEqualTo("[" + String.join(",", Items.lines(ITEMS)) + "]");
    assertThat(text(BatchFormat.JSON_ARRAY, ITEMS.subList(0, 1)))
        .isEqualTo("[" + Items.lines(ITEMS.subList(0, 1)).get(0) + "]");
  }

  @Test
  void writesBodiesAlone() {
    Item item = Item.log(1, ByteSlice.of(new byte[] {'a', (byte) 0xff}), Map.of(), Map.of());
    Item drained = Items.drained(List.of(Items.numbered(3))).get(0);

    ByteSlice body = encode(encoder(BatchFormat.RAW, 1), List.of(item, drained)).bytes();

    assertThat(body.toByteArray())
        .isEqualTo("aX\nline 3\n".replace('X', (char) 0xff).getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aDrainedFrameIsSentAsItLies() {
    List<Item> drained = Items.drained(Items.many(10));

    ByteSlice body = encode(encoder(BatchFormat.NDJSON, 1), drained.subList(2, 8)).bytes();

    ByteSlice first = drained.get(2).encoded();
    assertThat(body.array()).isSameAs(first.array());
    assertThat(body.offset()).isEqualTo(first.offset());
    assertThat(Items.split(body.toByteArray(), body.length()))
        .isEqualTo(Items.lines(drained.subList(2, 8)));
  }

  @Test
  void framesAreSentOneAfterTheOtherAsTheyLie() {
    List<Item> drained = Items.drained(Items.many(4));
    List<Item> gap = List.of(drained.get(0), drained.get(2), drained.get(3));
    List<Item> twoFrames = new ArrayList<>(drained);
    twoFrames.addAll(Items.drained(Items.many(2)));

    for (List<Item> items : List.of(gap, twoFrames)) {
      assertThat(BatchEncoder.runsOfLines(items)).hasSize(2);
      assertSentWhole(items);
    }
  }

  @Test
  void linesThatLieApartAreCopied() {
    List<Item> drained = Items.drained(Items.many(4));
    List<Item> mixed = List.of(drained.get(0), drained.get(1), Items.numbered(5));
    List<Item> scattered = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      scattered.addAll(Items.drained(List.of(Items.numbered(i))));
    }

    for (List<Item> items : List.of(mixed, scattered)) {
      assertThat(BatchEncoder.runsOfLines(items)).isEmpty();
      assertSentWhole(items);
    }
    assertThat(BatchEncoder.runsOfLines(scattered.subList(0, 64))).hasSize(64);
    assertSentWhole(scattered.subList(0, 64));
  }

  private static void assertSentWhole(List<Item> items) {
    EncodedBatch batch = encode(encoder(BatchFormat.NDJSON, 1), items);
    ByteSlice bytes = batch.bytes();
    assertThat(Items.split(bytes.toByteArray(), bytes.length())).isEqualTo(Items.lines(items));
    assertThat(batch.length()).isEqualTo(bytes.length());
    ByteBuf buffer = batch.newBuffer();
    assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(bytes.toByteArray());
    buffer.release();
    batch.release();
  }

  @Test
  void compressesWithGzip() throws IOException {
    BatchEncoder encoder =
        new BatchEncoder(
            BatchFormat.NDJSON,
            BodyCompression.GZIP,
            Schedulers.parallel(),
            1,
            BodyMemory.ofProcess());
    for (List<Item> items : List.of(ITEMS, Items.many(50_000), Items.drained(Items.many(10)))) {
      byte[] body = encode(encoder, items).bytes().toByteArray();
      byte[] text = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
      assertThat(Items.split(text, text.length)).isEqualTo(Items.lines(items));
    }
  }

  @Test
  void compressesWithZstd() {
    BatchEncoder encoder =
        new BatchEncoder(
            BatchFormat.NDJSON,
            BodyCompression.ZSTD,
            Schedulers.parallel(),
            1,
            BodyMemory.ofProcess());
    for (List<Item> items : List.of(ITEMS, Items.many(50_000), Items.drained(Items.many(10)))) {
      byte[] body = encode(encoder, items).bytes().toByteArray();
      byte[] text = Zstd.decompress(body, (int) Zstd.getFrameContentSize(body));
      assertThat(Items.split(text, text.length)).isEqualTo(Items.lines(items));
    }
  }

  @Test
  void compressesWithSnappy() throws IOException {
    BatchEncoder encoder =
        new BatchEncoder(
            BatchFormat.NDJSON,
            BodyCompression.SNAPPY,
            Schedulers.parallel(),
            1,
            BodyMemory.ofProcess());
    for (List<Item> items :
        List.of(ITEMS, Items.many(50_000), Items.drained(Items.many(10)), incompressible())) {
      byte[] body = encode(encoder, items).bytes().toByteArray();
      byte[] text = Snappy.uncompress(body);
      assertThat(Items.split(text, text.length)).isEqualTo(Items.lines(items));
    }
    int plain = Items.lines(Items.many(50_000)).stream().mapToInt(String::length).sum();
    assertThat(encode(encoder, Items.many(50_000)).bytes().length()).isLessThan(plain / 3);
  }

  /** A body of random letters, longer than several of the encoder's fragments. */
  private static List<Item> incompressible() {
    StringBuilder text = new StringBuilder();
    new Random(5).ints(200_000, ' ' + 3, '[').forEach(c -> text.append((char) c));
    return List.of(Item.log(1, ByteSlice.utf8(text.toString()), Map.of(), Map.of()));
  }

  @Test
  void aBufferIsUsedAgainOnceItIsFree() {
    BatchEncoder encoder = encoder(BatchFormat.NDJSON, 1);
    EncodedBatch first = encode(encoder, ITEMS);
    byte[] array = first.bytes().array();
    ByteBuf sent = first.newBuffer();
    sent.release();
    first.release();

    assertThat(encode(encoder, ITEMS).bytes().array()).isSameAs(array);
  }

  @Test
  void aBufferThatIsStillBeingSentIsNotUsedAgain() {
    BatchEncoder encoder = encoder(BatchFormat.NDJSON, 1);
    EncodedBatch first = encode(encoder, ITEMS);
    ByteBuf queued = first.newBuffer();
    first.release();

    encode(encoder, Items.many(3));

    assertThat(queued.toString(StandardCharsets.UTF_8)).isEqualTo(LINES);
    queued.release();
  }

  @ParameterizedTest
  @CsvSource({
    "UNCOMPRESSED, 2000, main",
    "UNCOMPRESSED, 60000, parallel",
    "ZSTD, 10, main",
    "ZSTD, 2000, parallel"
  })
  void whatTakesLongIsDoneOnTheScheduler(BodyCompression compression, int items, String expected) {
    BatchEncoder encoder =
        new BatchEncoder(
            BatchFormat.NDJSON, compression, Schedulers.parallel(), 1, BodyMemory.ofProcess());

    String thread =
        encoder
            .encode(Items.batch(Items.many(items)))
            .map(body -> Thread.currentThread().getName())
            .block(Duration.ofSeconds(10));

    assertThat(thread)
        .startsWith(expected.equals("main") ? Thread.currentThread().getName() : expected);
    encoder.close();
  }

  @Test
  void encodesAfterCloseToo() {
    BatchEncoder encoder =
        new BatchEncoder(
            BatchFormat.NDJSON,
            BodyCompression.ZSTD,
            Schedulers.parallel(),
            1,
            BodyMemory.ofProcess());
    encode(encoder, ITEMS);
    encoder.close();

    assertThat(encode(encoder, ITEMS).bytes().length()).isPositive();
  }

  private static String text(BatchFormat format, List<Item> items) {
    return encode(encoder(format, 1), items).bytes().toUtf8();
  }

  private static BatchEncoder encoder(BatchFormat format, int concurrency) {
    return new BatchEncoder(
        format,
        BodyCompression.UNCOMPRESSED,
        Schedulers.parallel(),
        concurrency,
        BodyMemory.ofProcess());
  }

  private static EncodedBatch encode(BatchEncoder encoder, List<Item> items) {
    EncodedBatch body = encoder.encode(Items.batch(items)).block(Duration.ofSeconds(20));
    assertThat(body).isNotNull();
    return body;
  }
}
