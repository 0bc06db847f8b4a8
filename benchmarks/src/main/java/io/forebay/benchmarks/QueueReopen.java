package io.forebay.benchmarks;

import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.RecordBatch;
import io.forebay.queue.SyncPolicy;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Milliseconds to open a queue: do they grow with the backlog? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class QueueReopen {

  @Param({"1", "100", "1000"})
  public int backlogMegabytes;

  private Workspace workspace;
  private QueueOptions options;
  private @Nullable PersistentQueue queue;

  @Setup(Level.Trial)
  public void fill() throws IOException {
    workspace = new Workspace();
    options = workspace.queue(4_000_000_000L, new SyncPolicy.Never());
    RecordBatch batch = Records.batch(100, 1000);
    try (PersistentQueue filled = PersistentQueue.open(options)) {
      for (int i = 0; i < backlogMegabytes * 10; i++) {
        filled.append(batch).toCompletableFuture().join();
      }
    }
  }

  @Benchmark
  public PersistentQueue open() throws IOException {
    PersistentQueue opened = PersistentQueue.open(options);
    queue = opened;
    return opened;
  }

  @TearDown(Level.Invocation)
  public void closeQueue() throws IOException {
    PersistentQueue opened = queue;
    if (opened != null) {
      opened.close();
      queue = null;
    }
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    workspace.close();
  }
}
