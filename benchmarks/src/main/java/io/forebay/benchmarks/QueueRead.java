package io.forebay.benchmarks;

import io.forebay.queue.Lease;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.RecordBatch;
import io.forebay.queue.SyncPolicy;
import java.io.IOException;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Records of 1 KiB a second, read from the page cache, checked and acknowledged: how near does the
 * queue come to a bare loop that reads and checks the same bytes?
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class QueueRead {

  private static final int BATCH_RECORDS = 100;
  private static final int BATCHES = 1000;
  private static final int RECORDS = BATCH_RECORDS * BATCHES;
  private static final RecordBatch BATCH = Records.batch(BATCH_RECORDS, 1024);

  /** A queue that holds 100 MB again before each reading. */
  @State(Scope.Benchmark)
  public static class Queue {
    private Workspace workspace;
    private PersistentQueue queue;

    @Setup(Level.Trial)
    public void open() throws IOException {
      workspace = new Workspace();
      queue = PersistentQueue.open(workspace.queue(1L << 30, new SyncPolicy.Never()));
    }

    @Setup(Level.Invocation)
    public void fill() {
      for (int i = 0; i < BATCHES; i++) {
        queue.append(BATCH).toCompletableFuture().join();
      }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
      queue.close();
      workspace.close();
    }
  }

  /** The same bytes in a bare log. */
  @State(Scope.Benchmark)
  public static class Bare {
    private Workspace workspace;
    private BareLog bareLog;

    @Setup(Level.Trial)
    public void fill() throws IOException {
      workspace = new Workspace();
      bareLog = new BareLog(workspace.resolve("log"), Integer.MAX_VALUE);
      for (int i = 0; i < BATCHES; i++) {
        bareLog.append(BATCH.payload()[0]);
      }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
      bareLog.close();
      workspace.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void leaseAndAcknowledge(Queue state, Blackhole consumer) throws IOException {
    int records = 0;
    for (Lease lease = state.queue.lease(1000, 1 << 20);
        lease != null;
        lease = state.queue.lease(1000, 1 << 20)) {
      records += lease.count();
      consumer.consume(lease.bytes());
      lease.acknowledge();
    }
    if (records != RECORDS) {
      throw new IllegalStateException("read " + records + " records of " + RECORDS);
    }
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public long bareLoop(Bare state) throws IOException {
    return state.bareLog.readAll();
  }
}
