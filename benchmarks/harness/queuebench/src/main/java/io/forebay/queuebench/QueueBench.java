package io.forebay.queuebench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One candidate in one JVM: a warm-up in another directory, then so many records are appended and
 * read back in order, and a line of JSON says what that took.
 *
 * <pre>QueueBench NAME BATCH RECORD_BYTES RECORDS SYNC_EVERY DIRECTORY WARM_UP_RECORDS</pre>
 */
public final class QueueBench {

  /** Seconds, CPU seconds and bytes allocated for a record while it was appended. */
  private record Result(
      double appendSeconds,
      double readSeconds,
      double appendCpuSeconds,
      double readCpuSeconds,
      double allocatedBytes) {}

  private final String name;
  private final int batch;
  private final int recordBytes;
  private final int syncEvery;
  private final Records records;

  private QueueBench(String name, int batch, int recordBytes, int syncEvery) {
    this.name = name;
    this.batch = batch;
    this.recordBytes = recordBytes;
    this.syncEvery = syncEvery;
    this.records = new Records(recordBytes);
  }

  public static void main(String[] arguments) {
    int status = 1;
    try {
      measure(arguments);
      status = 0;
    } catch (Exception | LinkageError e) {
      System.err.println(arguments[0] + ": " + e);
    }
    Runtime.getRuntime().halt(status); // some candidates leave threads behind
  }

  private static void measure(String[] arguments) throws Exception {
    QueueBench bench =
        new QueueBench(
            arguments[0],
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[4]));
    int count = Integer.parseInt(arguments[3]);
    Path directory = Path.of(arguments[5]);
    int warmUp = Integer.parseInt(arguments[6]);
    if (warmUp > 0) {
      bench.run(warmUp, directory.resolve("warm-up"));
    }
    Result result = bench.run(count, directory.resolve("measured"));
    System.out.println(bench.json(count, result));
    System.out.flush();
  }

  private Result run(int count, Path directory) throws Exception {
    delete(directory);
    Files.createDirectories(directory);
    Candidate candidate = Candidates.open(name, directory, true, syncEvery);
    double cpu = cpuSeconds();
    long allocated = allocatedBytes();
    long start = System.nanoTime();
    append(candidate, count);
    candidate.closeWrite();
    double appendSeconds = (System.nanoTime() - start) / 1e9;
    double appendCpu = cpuSeconds() - cpu;
    double allocatedEach = (allocatedBytes() - allocated) / (double) count;
    candidate = Candidates.open(name, directory, false, syncEvery);
    cpu = cpuSeconds();
    start = System.nanoTime();
    read(candidate, count);
    double readSeconds = (System.nanoTime() - start) / 1e9;
    double readCpu = cpuSeconds() - cpu;
    if (candidate.closesAfterReading()) {
      candidate.closeWrite();
    }
    delete(directory);
    return new Result(appendSeconds, readSeconds, appendCpu, readCpu, allocatedEach);
  }

  private void append(Candidate candidate, int count) throws Exception {
    byte[][] together = new byte[batch][];
    int unsynced = 0;
    for (int i = 0; i < count; i += batch) {
      if (batch == 1) {
        candidate.append(records.get(i));
      } else {
        for (int j = 0; j < batch; j++) {
          together[j] = records.get(i + j);
        }
        candidate.appendBatch(together);
      }
      unsynced += batch;
      if (syncEvery > 0 && unsynced >= syncEvery) {
        candidate.sync();
        unsynced = 0;
      }
    }
  }

  private void read(Candidate candidate, int count) throws Exception {
    long[] next = new long[1];
    Candidate.Sink each =
        (bytes, offset, length) -> {
          if (length != recordBytes || Records.number(bytes, offset) != next[0]) {
            throw new IllegalStateException("record " + next[0] + " is not what was appended");
          }
          next[0]++;
        };
    boolean packed = batch > 1 && candidate.packs();
    candidate.readAll(
        packed ? (bytes, offset, length) -> Records.unpack(bytes, offset, length, each) : each);
    if (next[0] != count) {
      throw new IllegalStateException("read " + next[0] + " records of " + count);
    }
  }

  private String json(int count, Result result) throws IOException {
    return String.format(
        Locale.ROOT,
        "{\"lib\":\"%s\",\"jdk\":\"%s\",\"batch\":%d,\"size\":%d,\"n\":%d,\"fsync\":%d,"
            + "\"append_cpu_s\":%.3f,\"read_cpu_s\":%.3f,\"alloc_per_rec\":%.1f,\"rss_kb\":%s,"
            + "\"append_rps\":%.0f,\"read_rps\":%.0f}",
        name,
        System.getProperty("java.version"),
        batch,
        recordBytes,
        count,
        syncEvery,
        result.appendCpuSeconds(),
        result.readCpuSeconds(),
        result.allocatedBytes(),
        peakResidentKilobytes(),
        count / result.appendSeconds(),
        count / result.readSeconds());
  }

  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static String peakResidentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM")) {
        return line.replaceAll("\\D", "");
      }
    }
    return "0";
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
