package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Gives damaged files to all that reads files. Whatever they hold, a reader ends, throws nothing
 * but what it declares, allocates no more than the files are worth, and shows no record that was
 * not written. A case is told by its seed alone.
 */
final class QueueFuzz {

  /** What became of a damaged file. */
  enum Reached {
    /** Everything was read as if nothing had happened. */
    INTACT,
    /** Some records were lost, and counted. */
    DAMAGED,
    /** The end of the newest segment was taken for torn. */
    TORN,
    /** The directory was refused as one of another version or queue. */
    REFUSED,
    /** The state file told nothing. */
    STATE_LOST,
    /** A frame whose checksums fit was no frame all the same. */
    UNSOUND_BEHIND_CHECKSUMS,
    /** Something that was not written was read from a frame whose checksums were mended. */
    FORGED,
    /** A whole queue was opened, read and written to. */
    OPENED,
    /** A check read everything. */
    CHECKED,
    /** A summary was made. */
    SUMMARIZED
  }

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Fixed buffers: of a reader, a writer, the state. */
  private static final long FIXED_BYTES = 128 * 1024;

  private static final int BYTES_A_BYTE = 40;

  /** A well-formed reader needs a handful for each file and each piece of damage. */
  private static final long READS = 2_000;

  private static final int RECORDS = 60;
  private static final long MILLIS = 1_700_000_000_000L;

  /** A queue at rest. */
  private record Corpus(Map<String, byte[]> files, List<String> names, int unsettled) {}

  private final List<Corpus> corpora = new ArrayList<>();
  private final Map<Reached, AtomicLong> reached = new EnumMap<>(Reached.class);
  private final AtomicLong mostAllocated = new AtomicLong();

  QueueFuzz() throws IOException {
    for (Compression compression : Compression.values()) {
      for (int acknowledged : new int[] {0, 7, 25}) {
        corpora.add(corpus(compression, acknowledged));
      }
    }
    for (Reached kind : Reached.values()) {
      reached.put(kind, new AtomicLong());
    }
  }

  private static QueueOptions options(Compression compression, QueueListener listener) {
    return new QueueOptions(
        Path.of("memory"),
        1 << 20,
        4096,
        Overflow.DROP_NEWEST,
        new SyncPolicy.Always(),
        compression,
        Duration.ofDays(1),
        new TestClock(MILLIS),
        listener);
  }

  private static Corpus corpus(Compression compression, int acknowledged) throws IOException {
    CrashStorage disk = new CrashStorage();
    ManualLoop loop = new ManualLoop(new TestClock(MILLIS));
    SegmentQueue queue =
        Recovery.open(options(compression, QueueListener.NONE), disk.storage(), loop);
    for (int i = 0; i < RECORDS; i += 1 + i % 4) {
      queue.append(QueueFixture.numbered(i, Math.min(1 + i % 4, RECORDS - i), 150));
      loop.run();
      if (i == 30) {
        disk.failOperation(1); // what it took is nobody's number
        queue.append(QueueFixture.numbered(900, 2, 150));
        loop.run();
      }
    }
    for (int i = 0; i < acknowledged; i++) {
      Lease lease = queue.lease(1, 1);
      if (lease != null && i % 3 != 1) {
        lease.acknowledge();
      }
    }
    int unsettled = (int) queue.statistics().records();
    queue.close();
    Map<String, byte[]> files = new HashMap<>();
    disk.fileNames().forEach(name -> files.put(name, disk.content(name)));
    return new Corpus(files, files.keySet().stream().sorted().toList(), unsettled);
  }

  long reached(Reached kind) {
    return counter(kind).get();
  }

  private AtomicLong counter(Reached kind) {
    AtomicLong counter = reached.get(kind);
    return counter == null ? new AtomicLong() : counter;
  }

  private void reach(Reached kind) {
    counter(kind).incrementAndGet();
  }

  /** Bytes that a case allocated beyond the fixed buffers, by a byte of its files; the most. */
  long mostAllocated() {
    return mostAllocated.get();
  }

  @Override
  public String toString() {
    return reached + ", at most " + mostAllocated + " bytes allocated for a byte";
  }

  /** Runs the case of a seed. */
  void run(long seed) {
    String tooMuch = tryOnce(seed);
    if (tooMuch != null) {
      tooMuch = tryOnce(seed); // the first time classes may have been loaded
    }
    if (tooMuch != null) {
      throw new AssertionError(tooMuch);
    }
  }

  private @Nullable String tryOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Corpus corpus = corpora.get(random.nextInt(corpora.size()));
    Map<String, byte[]> files = new HashMap<>(corpus.files());
    FileMutator mutator = new FileMutator(random);
    boolean mended = random.nextBoolean();
    for (int i = random.nextInt(4) == 0 ? 2 : 1; i > 0; i--) {
      String name = corpus.names().get(random.nextInt(corpus.names().size()));
      byte[] file = files.getOrDefault(name, new byte[0]);
      boolean state = name.equals(StateFile.FILE_NAME);
      files.put(
          name,
          !mended
              ? mutator.blindly(file)
              : state
                  ? mutator.stateWithSoundChecksums(file)
                  : mutator.segmentWithSoundChecksums(file));
    }
    long bytes = files.values().stream().mapToLong(file -> file.length).sum();
    MemoryFiles storage = new MemoryFiles(files, READS);
    Try attempt = new Try(corpus, mended);
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    try {
      switch (random.nextInt(8)) {
        case 0 -> attempt.open(storage);
        case 1 -> attempt.check(storage);
        case 2 -> attempt.summarize(storage);
        case 3, 4 -> attempt.scan(storage);
        case 5 -> attempt.peek(storage);
        default -> attempt.walk(storage, files);
      }
    } catch (QueueFormatException e) {
      reach(Reached.REFUSED);
    } catch (IOException | RuntimeException | Error e) {
      throw new AssertionError("the case of -Dforebay.fuzz.seed=" + seed + " failed: " + e, e);
    }
    long allocated = THREADS.getThreadAllocatedBytes(thread) - before - FIXED_BYTES;
    long worth = bytes + attempt.expanded;
    if (allocated > worth * BYTES_A_BYTE) {
      return "the case of -Dforebay.fuzz.seed="
          + seed
          + " allocated "
          + allocated
          + " bytes for files of "
          + bytes
          + " that expand to "
          + attempt.expanded;
    }
    mostAllocated.accumulateAndGet(allocated / worth, Math::max);
    return null;
  }

  /** One reading of damaged files. */
  private final class Try {
    private final Corpus corpus;
    private final boolean mended;

    /** Bytes of compressed frames that were what they claimed to be. */
    private long expanded;

    private long records;

    Try(Corpus corpus, boolean mended) {
      this.corpus = corpus;
      this.mended = mended;
    }

    /** A record is as it was written, unless somebody forged its checksum. */
    private void shown(byte[] bytes, int offset, int length) {
      records++;
      boolean written = length == 150;
      for (int i = Integer.BYTES; written && i < length; i++) {
        written = bytes[offset + i] == 'x';
      }
      int number = written ? ByteBuffer.wrap(bytes).getInt(offset) : -1;
      if (number < 0 || (number >= RECORDS && number != 900 && number != 901)) {
        assertThat(mended).as("a record that was not written is shown").isTrue();
        reach(Reached.FORGED);
      }
    }

    void peek(MemoryFiles storage) throws IOException {
      QueueState state = StateFile.peek(storage);
      if (state == null) {
        reach(Reached.STATE_LOST);
      } else {
        assertThat(state.nextSequence()).isGreaterThanOrEqualTo(state.frontier());
        reach(Reached.INTACT);
      }
    }

    /** Frame by frame through each segment, as all readers do. */
    void walk(MemoryFiles storage, Map<String, byte[]> files) throws IOException {
      for (String name : corpus.names()) {
        if (name.equals(StateFile.FILE_NAME)) {
          continue;
        }
        long limit = files.getOrDefault(name, new byte[0]).length;
        try (SegmentReader reader = new SegmentReader(storage, storage.open(name))) {
          SegmentHeader.read(
              storage.open(name), storage.path(name), SegmentHeader.firstSequence(name));
          long at = SegmentHeader.BYTES;
          while (at >= 0 && at < limit) {
            FrameHeader header = reader.header(at, limit);
            ByteBuffer body = header == null ? null : reader.body(header, at, limit);
            if (header != null && body != null) {
              decode(header, body);
              at += header.totalBytes();
            } else {
              reach(Reached.DAMAGED);
              at = reader.find(at + 1, limit, 0, Long.MAX_VALUE);
            }
          }
        }
      }
    }

    private void decode(FrameHeader header, ByteBuffer body) {
      @Nullable DecodedFrame frame = DecodedFrame.decode(header, body);
      if (frame == null) {
        reach(Reached.UNSOUND_BEHIND_CHECKSUMS);
        return;
      }
      expanded += header.compressed() ? header.rawBytes() : 0;
      for (int i = 0; i < header.count(); i++) {
        int offset = frame.offsets()[i];
        shown(frame.bytes(), offset, frame.offsets()[i + 1] - offset);
      }
    }

    void scan(MemoryFiles storage) throws IOException {
      long[] damages = new long[1];
      try (QueueScan scan =
          new QueueScan(storage, ScanOptions.UNDELIVERED, damage -> damages[0]++)) {
        for (StoredFrame frame = scan.next(); frame != null; frame = scan.next()) {
          expanded += frame.bytes().length;
          for (int i = 0; i < frame.count(); i++) {
            shown(frame.bytes(), frame.offset(i), frame.length(i));
          }
        }
        if (scan.tailBytes() > 0) {
          reach(Reached.TORN);
        }
      }
      reach(damages[0] > 0 ? Reached.DAMAGED : Reached.INTACT);
    }

    void check(MemoryFiles storage) throws IOException {
      QueueCheck check = new QueueInspector(Path.of("memory"), storage).check(read -> {});
      expanded += check.payloadBytes();
      assertThat(check.undelivered()).isLessThanOrEqualTo(check.records());
      reach(Reached.CHECKED);
      reach(check.well() ? Reached.INTACT : Reached.DAMAGED);
    }

    void summarize(MemoryFiles storage) throws IOException {
      QueueSummary summary = new QueueInspector(Path.of("memory"), storage).summary();
      assertThat(summary.records()).isNotNegative();
      expanded += 8 << 20; // of the oldest frame
      reach(Reached.SUMMARIZED);
    }

    /** All that an agent does with a queue. */
    void open(MemoryFiles storage) throws IOException {
      QueueFixture.Reports reports = new QueueFixture.Reports();
      ManualLoop loop = new ManualLoop(new TestClock(MILLIS));
      try (SegmentQueue queue = Recovery.open(options(Compression.NONE, reports), storage, loop)) {
        loop.run();
        for (Lease lease = queue.lease(1000, 1 << 20);
            lease != null;
            lease = queue.lease(1000, 1 << 20)) {
          expanded += lease.bytes().length;
          for (int i = 0; i < lease.count(); i++) {
            shown(lease.bytes(), lease.offset(i), lease.length(i));
          }
          lease.acknowledge();
          loop.run();
        }
        assertThat(queue.statistics().records()).isZero();
        var result = queue.append(QueueFixture.numbered(1, 1, 150)).toCompletableFuture();
        loop.advance(1000);
        assertThat(result.join()).isInstanceOf(AppendResult.Stored.class);
        Lease last = queue.lease(1, 1);
        assertThat(last).as("what is appended to it can be read").isNotNull();
      }
      reach(Reached.OPENED);
      boolean lost = reports.dropped.getOrDefault(DropReason.DAMAGED, 0L) > 0;
      if (!lost && !mended && records < corpus.unsettled()) {
        reach(Reached.TORN);
      }
      reach(lost ? Reached.DAMAGED : Reached.INTACT);
    }
  }
}
