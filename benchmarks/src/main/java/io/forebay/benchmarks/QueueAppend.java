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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Records a second, appended in batches of 100 and durable every 1,000: how near does the queue
 * come to a bare loop that writes and syncs the same bytes? The ratio of the two scores is the
 * answer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class QueueAppend {

  private static final int BATCH_RECORDS = 100;
  private static final int BATCHES_A_SYNC = 10;
  private static final int SEGMENTS = 8;

  @Param({"256", "1024"})
  public int recordBytes;

  /** The queue; ten batches are handed over, then all are waited for. */
  @State(Scope.Benchmark)
  public static class Queue {
    private final CompletableFuture<?>[] waiting = new CompletableFuture<?>[BATCHES_A_SYNC];
    private Workspace workspace;
    private PersistentQueue queue;
    private RecordBatch batch;

    @Setup(Level.Trial)
    public void open(QueueAppend parameters) throws IOException {
      workspace = new Workspace();
      queue =
          PersistentQueue.open(
              workspace.queue((long) SEGMENTS * Workspace.SEGMENT_BYTES, new SyncPolicy.Always()));
      batch = Records.batch(BATCH_RECORDS, parameters.recordBytes);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
      queue.close();
      workspace.close();
    }
  }

  /** The bare loop; ten batches are written, then synced. */
  @State(Scope.Benchmark)
  public static class Bare {
    private Workspace workspace;
    private BareLog bareLog;
    private RecordBatch batch;

    @Setup(Level.Trial)
    public void open(QueueAppend parameters) throws IOException {
      workspace = new Workspace();
      bareLog = new BareLog(workspace.resolve("log"), SEGMENTS);
      batch = Records.batch(BATCH_RECORDS, parameters.recordBytes);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
      bareLog.close();
      workspace.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH_RECORDS * BATCHES_A_SYNC)
  public void queue(Queue state) {
    for (int i = 0; i < BATCHES_A_SYNC; i++) {
      state.waiting[i] = state.queue.append(state.batch).toCompletableFuture();
    }
    for (CompletableFuture<?> append : state.waiting) {
      if (!(append.join() instanceof AppendResult.Stored)) {
        throw new IllegalStateException("the queue refused records");
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH_RECORDS * BATCHES_A_SYNC)
  public void bareLoop(Bare state) throws IOException {
    for (int i = 0; i < BATCHES_A_SYNC; i++) {
      state.bareLog.append(state.batch.payload()[0]);
    }
    state.bareLog.sync();
  }
}
