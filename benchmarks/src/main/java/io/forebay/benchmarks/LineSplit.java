package io.forebay.benchmarks;

import io.forebay.core.item.ByteSlice;
import io.forebay.source.line.LineFeeds;
import io.forebay.source.line.LineSplitter;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Nanoseconds a line that cutting a stream costs, beside looking for the line feeds alone. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LineSplit {

  private static final int LINES = 64;

  @Param({"256", "1024"})
  public int lineBytes;

  private final LineSplitter splitter = new LineSplitter(1 << 20);
  private byte[] chunk;

  @Setup(Level.Trial)
  public void make() {
    chunk = new byte[LINES * lineBytes];
    byte[] line = Records.json(lineBytes - 1);
    for (int i = 0; i < LINES; i++) {
      System.arraycopy(line, 0, chunk, i * lineBytes, line.length);
      chunk[i * lineBytes + line.length] = '\n';
    }
  }

  @Benchmark
  @OperationsPerInvocation(LINES)
  public void split(Blackhole consumer) {
    Consumer<ByteSlice> lines = consumer::consume;
    splitter.split(chunk, 0, chunk.length, lines);
  }

  @Benchmark
  @OperationsPerInvocation(LINES)
  public int lineFeeds() {
    int found = 0;
    for (int at = LineFeeds.indexOf(chunk, 0, chunk.length);
        at >= 0;
        at = LineFeeds.indexOf(chunk, at + 1, chunk.length)) {
      found++;
    }
    return found;
  }
}
