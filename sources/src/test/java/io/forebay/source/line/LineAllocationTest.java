package io.forebay.source.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.NodeListener;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.queue.AllocatedBytes;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What cutting a stream into lines asks of the memory, in counts that no machine's speed changes.
 * The bounds are a little above what it needs; one allocation more a line breaks them.
 */
class LineAllocationTest {

  private static final int LINES = 256;

  private final byte[] chunk = ("x".repeat(255) + "\n").repeat(LINES).getBytes(UTF_8);

  @Test
  void aLineCostsItsSlice() throws Exception {
    LineSplitter splitter = new LineSplitter(1 << 20);
    int[] seen = new int[1];
    Consumer<ByteSlice> lines = line -> seen[0]++;

    double bytes =
        AllocatedBytes.perUnit(LINES, () -> splitter.split(chunk, 0, chunk.length, lines));

    assertThat(seen[0]).isPositive().satisfies(count -> assertThat(count % LINES).isZero());
    assertThat(bytes).as("bytes allocated for a line that is cut").isLessThan(32);
  }

  @Test
  void aLineInABatchCostsItsSliceAndItsItem() throws Exception {
    LineBatches batches = new LineBatches(1 << 20, Map.of(), Clock.systemUTC(), NodeListener.NONE);
    ByteSlice bytesRead = ByteSlice.of(chunk);
    Batch[] last = new Batch[1];

    double bytes = AllocatedBytes.perUnit(LINES, () -> last[0] = batches.next(bytesRead));

    assertThat(last[0].size()).isEqualTo(LINES);
    assertThat(bytes).as("bytes allocated for a line that becomes an item").isLessThan(100);
  }
}
