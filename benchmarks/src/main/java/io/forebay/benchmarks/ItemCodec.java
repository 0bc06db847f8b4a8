package io.forebay.benchmarks;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemDecoder;
import io.forebay.core.item.ItemEncoder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds an item that its one encoding costs, and its decoding. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ItemCodec {

  /** What the body is: JSON text has quotes that must be escaped. */
  public enum Body {
    JSON_256,
    JSON_1024,
    UTF8_1024
  }

  @Param public Body body = Body.JSON_256;

  private final ItemEncoder encoder = new ItemEncoder();
  private final EncodedLines lines = new EncodedLines(8192);
  private Item item;
  private ByteSlice line;

  @Setup(Level.Trial)
  public void make() {
    byte[] bytes =
        switch (body) {
          case JSON_256 -> Records.json(256);
          case JSON_1024 -> Records.json(1024);
          case UTF8_1024 -> Records.utf8(1024);
        };
    item =
        Item.log(
            1_735_789_700_000L,
            ByteSlice.of(bytes),
            Map.of("host.name", "node-1"),
            Map.of("source.type", "tcp"));
    EncodedLines encoded = new EncodedLines(8192);
    encoder.encode(item, encoded);
    line = ByteSlice.of(encoded.array(), 0, encoded.size());
  }

  @Benchmark
  public int encode() {
    lines.clear();
    encoder.encode(item, lines);
    return lines.size();
  }

  @Benchmark
  public Item decode() {
    return ItemDecoder.decode(line);
  }
}
