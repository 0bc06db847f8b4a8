package io.forebay.core.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.queue.AllocatedBytes;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What an item's encoding asks of the memory, in counts that no machine's speed changes. The bounds
 * are a little above what it needs; one allocation more an item breaks them.
 */
class ItemAllocationTest {

  private static final int ITEMS = 1000;
  private static final int BODY_BYTES = 256;

  private final ItemEncoder encoder = new ItemEncoder();
  private final EncodedLines lines = new EncodedLines(1 << 20);
  private final Item item =
      Item.log(
          1_735_789_700_000L,
          ByteSlice.utf8("say \"hello\" ".repeat(BODY_BYTES / 12 + 1).substring(0, BODY_BYTES)),
          Map.of("host.name", "h1"),
          Map.of("source.type", "tcp"));

  private void encodeAll() {
    lines.clear();
    for (int i = 0; i < ITEMS; i++) {
      encoder.encode(item, lines);
    }
  }

  @Test
  void encodingAllocatesNothing() throws Exception {
    double bytes = AllocatedBytes.perUnit(ITEMS, this::encodeAll);

    assertThat(bytes).as("bytes allocated for an item that is encoded").isLessThan(1);
  }

  @Test
  void anItemFromTheQueueIsCopiedWithoutAllocating() throws Exception {
    encodeAll();
    Item encoded = Item.ofEncoded(ByteSlice.of(lines.array(), 0, lines.lengths()[0]));
    EncodedLines copies = new EncodedLines(1 << 20);

    double bytes =
        AllocatedBytes.perUnit(
            ITEMS,
            () -> {
              copies.clear();
              for (int i = 0; i < ITEMS; i++) {
                encoder.encode(encoded, copies);
              }
            });

    assertThat(bytes).as("bytes allocated for an item that goes on as it is").isLessThan(1);
  }

  @Test
  void decodingAllocatesABoundedMultipleOfTheBody() throws Exception {
    encodeAll();
    ByteSlice line = ByteSlice.of(lines.array(), 0, lines.lengths()[0]);
    Item[] last = new Item[1];

    double bytes =
        AllocatedBytes.perUnit(
            ITEMS,
            () -> {
              for (int i = 0; i < ITEMS; i++) {
                last[0] = ItemDecoder.decode(line);
              }
            });

    assertThat(last[0].body()).isEqualTo(item.body());
    assertThat(bytes)
        .as("bytes allocated for an item with a body of %d B that is decoded", BODY_BYTES)
        .isLessThan(1940);
  }
}
