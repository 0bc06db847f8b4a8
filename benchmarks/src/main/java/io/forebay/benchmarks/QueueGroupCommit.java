package io.forebay.benchmarks;

import io.forebay.queue.AppendResult;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.RecordBatch;
import io.forebay.queue.SyncPolicy;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appends of a single record of 256 B a second, each durable before it counts: how well do those
 * who wait share a sync?
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class QueueGroupCommit {

  private static final int PIPELINED = 1000;

  private final RecordBatch record = Records.batch(1, 256);
  private Workspace workspace;
  private PersistentQueue queue;

  @Setup(Level.Trial)
  public void open() throws IOException {
    workspace = new Workspace();
    queue =
        PersistentQueue.open(
            workspace.queue(8L * Workspace.SEGMENT_BYTES, new SyncPolicy.Always()));
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    queue.close();
    workspace.close();
  }

  /** One thread that waits for each. */
  @Benchmark
  @Threads(1)
  public AppendResult oneThread() {
    return queue.append(record).toCompletableFuture().join();
  }

  /** Eight threads that wait for each of their own. */
  @Benchmark
  @Threads(8)
  public AppendResult eightThreads() {
    return queue.append(record).toCompletableFuture().join();
  }

  /** One thread that hands over a thousand, then waits for all. */
  @Benchmark
  @Threads(1)
  @OperationsPerInvocation(PIPELINED)
  public void pipelined() {
    CompletableFuture<?>[] waiting = new CompletableFuture<?>[PIPELINED];
    for (int i = 0; i < PIPELINED; i++) {
      waiting[i] = queue.append(record).toCompletableFuture();
    }
    CompletableFuture.allOf(waiting).join();
  }
}
