package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a queue must do, kept in maps, beside a queue that does it. */
final class QueueModel {

  /** What schedules came across. */
  static final class Reached {
    long stored;
    long refused;
    long failed;
    long crashes;
    long kills;
    long overflowedOldest;
    long evictedLeased;
    long evictedAcknowledged;
    long expired;
    long blocked;
    long damaged;
    long oversized;
    long numbered;
    long leftOut;
    long truncated;
  }

  /** What a number names that its owner gave to something that never came to the disk. */
  private static final int NEVER_A_RECORD = -1;

  /** Larger than a segment can be. */
  private static final int OVERSIZED_BYTES = 17 * 1024;

  private record Waiting(CompletableFuture<AppendResult> result, int[] ids) {}

  /**
   * @param sequences of the records that are leased, also those no longer on disk
   * @param evicted those
   */
  private record Held(Lease lease, TreeSet<Long> sequences, Set<Long> evicted) {}

  private final Random random;
  private final Reached reached;
  private final TestClock clock = new TestClock(1_700_000_000_000L);
  private final CrashStorage disk = new CrashStorage();
  private final QueueOptions options;

  /** Every number ever seen with a record, and the record's id. */
  private final Map<Long, Integer> assigned = new HashMap<>();

  /** Numbers of records that must be in the queue, and when they were appended. */
  private final TreeMap<Long, Long> present = new TreeMap<>();

  /** Numbers whose records were reported as stored. */
  private final Set<Long> promised = new HashSet<>();

  /** Acknowledged in this life; and those that no later life may show either. */
  private final Set<Long> acknowledged = new HashSet<>();

  private final Set<Long> acknowledgedForEver = new HashSet<>();
  private final Set<Long> savedAcknowledgements = new HashSet<>();
  private final Set<Integer> refused = new HashSet<>();
  private final Set<Integer> failedInThisLife = new HashSet<>();
  private final Set<Integer> unsure = new HashSet<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  private final Map<DropReason, Long> dropped = new HashMap<>();

  private ManualLoop loop;
  private SegmentQueue queue;
  private int nextId;

  /** Whether the owner numbers the records, and the next number that it will give. */
  private final boolean numbered;

  private long nextNumber;
  private long reservedBelow;
  private long leftOut;
  private long truncatedBelow;
  private long damagedAtOpen;
  private boolean faulty;
  private boolean dying;
  private boolean closed;

  /** Records that this life found or took in, and those that left it, by the queue's own word. */
  private long entered;

  private long left;

  QueueModel(Random random, Reached reached) {
    this.random = random;
    this.reached = reached;
    long maxBytes = 64 * 1024 + random.nextInt(128 * 1024);
    // The model could not tell an old record that overflowed from one that expired.
    Overflow overflow = Overflow.values()[random.nextInt(3)];
    boolean expires = overflow != Overflow.DROP_OLDEST && random.nextInt(4) == 0;
    this.options =
        new QueueOptions(
            Path.of("memory"),
            maxBytes,
            4096 + random.nextInt(12 * 1024),
            overflow,
            List.of(
                    new SyncPolicy.Always(),
                    new SyncPolicy.Always(),
                    new SyncPolicy.Interval(Duration.ofMillis(200)),
                    new SyncPolicy.Never())
                .get(random.nextInt(4)),
            Compression.values()[random.nextInt(2)],
            expires ? Duration.ofMillis(2_000) : null,
            clock,
            new QueueListener() {
              @Override
              public void onDropped(DropReason reason, long records, long bytes) {
                dropped.merge(reason, records, Long::sum);
                left += entered(reason) ? records : 0;
              }
            });
    this.numbered = random.nextInt(3) == 0;
    this.loop = new ManualLoop(clock);
    this.queue = open();
    noteNumbers();
  }

  /** What an earlier life gave away under a reservation is not given again. */
  private void noteNumbers() {
    long next = queue.statistics().nextSequence();
    require(next >= nextNumber || nextNumber > reservedBelow, "is given again", next);
    nextNumber = Math.max(next, numbered ? nextNumber : 0);
    require(queue.truncatedBelow() >= truncatedBelow, "a truncation was forgotten", truncatedBelow);
  }

  /** Whether what is dropped for this reason had been taken in. */
  private static boolean entered(DropReason reason) {
    return switch (reason) {
      case OVERFLOW_OLDEST, MAX_AGE, DAMAGED -> true;
      case OVERFLOW_NEWEST, DISK_BUDGET, TOO_LARGE -> false;
    };
  }

  private SegmentQueue open() {
    loop = new ManualLoop(clock);
    try {
      return Recovery.open(options, disk.storage(), loop);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void run() {
    int steps = 20 + random.nextInt(60);
    for (int i = 0; i < steps; i++) {
      step();
      check();
    }
    finish();
  }

  private void step() {
    int dice = random.nextInt(100);
    if (dice < 40) {
      append();
    } else if (dice < 55) {
      lease();
    } else if (dice < 75) {
      acknowledge();
    } else if (dice < 80) {
      release();
    } else if (dice < 90) {
      settle(random.nextInt(4) == 0 ? 1500 : random.nextInt(60));
    } else if (dice < 95) {
      injectFault();
    } else if (dice < 97) {
      closeAndReopen();
    } else {
      crashAndReopen(random.nextBoolean());
    }
  }

  // ---- appending ----------------------------------------------------------------------------

  private void append() {
    int appends = 1 + random.nextInt(3);
    for (int i = 0; i < appends; i++) {
      int[] ids = new int[1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 8)];
      ByteBuffer[] payload = new ByteBuffer[ids.length];
      int[] lengths = new int[ids.length];
      for (int r = 0; r < ids.length; r++) {
        ids[r] = nextId++;
        payload[r] = ByteBuffer.wrap(content(ids[r]));
        lengths[r] = payload[r].remaining();
      }
      RecordBatch batch = new RecordBatch(payload, lengths, ids.length);
      if (numbered) {
        leaveNumbersOut();
        var stage = queue.append(batch, nextNumber);
        nextNumber += ids.length;
        reached.numbered++;
        waiting.add(new Waiting(stage.toCompletableFuture(), ids));
        settle(0); // one append after the other: a failed one takes numbers with it
        nextNumber = Math.max(nextNumber, queue.statistics().nextSequence());
      } else {
        var stage = queue.append(batch);
        waiting.add(new Waiting(stage.toCompletableFuture(), ids));
      }
    }
    if (random.nextInt(4) > 0) {
      settle(0);
    }
  }

  /** Names some things that never come to the disk. */
  private void leaveNumbersOut() {
    int count = random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 0;
    if (nextNumber + count > reservedBelow) {
      try {
        queue.reserve(nextNumber + 100);
        reservedBelow = nextNumber + 100;
      } catch (IOException e) {
        assertThat(faulty).as("a reservation failed without a fault").isTrue();
        return;
      }
    }
    for (int i = 0; i < count; i++) {
      require(assigned.put(nextNumber, NEVER_A_RECORD) == null, "was used before", nextNumber);
      nextNumber++;
      reached.leftOut++;
      leftOut++;
    }
  }

  /** Some of every size; every 199th is larger than any segment. */
  private static byte[] content(int id) {
    int size = id % 199 == 198 ? OVERSIZED_BYTES + id % 24_000 : id % 7 == 0 ? id % 4500 : id % 200;
    byte[] bytes = new byte[size + Integer.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (id * 31 + i * (i >> 5));
    }
    ByteBuffer.wrap(bytes).putInt(id);
    return bytes;
  }

  /** Lets the writer work and takes note of what came of it. */
  private void settle(long millis) {
    // The oldest are dropped while the writer works, so what is stored is known after the fact.
    loop.advance(millis);
    collectResults();
    takeDropped();
    if (millis >= 20 && !faulty) {
      savedAcknowledgements.addAll(acknowledged);
    }
  }

  private void collectResults() {
    waiting.removeIf(
        append -> {
          if (!append.result().isDone()) {
            reached.blocked++;
            assertThat(options.overflow()).as("an append waits").isEqualTo(Overflow.BLOCK);
            return false;
          }
          if (append.result().isCompletedExceptionally()) {
            assertThat(faulty).as("an append failed without a fault").isTrue();
            reached.failed++;
            for (int id : append.ids()) {
              failedInThisLife.add(id);
            }
          } else {
            took(append.result().join(), append.ids());
          }
          return true;
        });
  }

  private void took(AppendResult result, int[] ids) {
    if (result instanceof AppendResult.Stored stored) {
      assertThat(stored.count()).isEqualTo(ids.length);
      for (int i = 0; i < ids.length; i++) {
        long sequence = stored.firstSequence() + i;
        require(assigned.put(sequence, ids[i]) == null, "the number was used before", sequence);
        present.put(sequence, clock.millis());
        promised.add(sequence);
        reached.stored++;
        reached.oversized += content(ids[i]).length > OVERSIZED_BYTES ? 1 : 0;
      }
      entered += stored.count();
    } else if (result instanceof AppendResult.Refused refusal) {
      reached.refused++;
      dropped.merge(refusal.reason(), (long) -ids.length, Long::sum);
      for (int id : ids) {
        refused.add(id);
      }
    }
  }

  /** Every reported loss must be explained by what the model lost. */
  private void takeDropped() {
    if (dying) { // half of a loss may have happened
      lose(present.headMap(queue.statistics().frontier()).keySet());
      dropped.clear();
      return;
    }
    long expired = report(DropReason.MAX_AGE);
    if (expired > 0) {
      Duration maxAge = options.maxAge();
      assertThat(maxAge).isNotNull();
      long limit = clock.millis() - (maxAge == null ? 0 : maxAge.toMillis());
      Set<Long> leased = leasedSequences();
      Set<Long> old = new HashSet<>();
      present.forEach(
          (sequence, millis) -> {
            if (millis < limit && !leased.contains(sequence)) {
              old.add(sequence);
            }
          });
      assertThat(lose(old)).as("expired").isEqualTo(expired);
      reached.expired += expired;
    }
    long frontier = queue.statistics().frontier();
    long overflowed = lose(present.headMap(frontier).keySet());
    if (closed) {
      overflowed += loseEvicted(held);
    }
    assertThat(report(DropReason.OVERFLOW_OLDEST)).as("dropped as oldest").isEqualTo(overflowed);
    require(
        queue.truncatedBelow() <= frontier, "is above what was dropped", queue.truncatedBelow());
    require(overflowed == 0 || queue.truncatedBelow() > 0, "a truncation is not told", overflowed);
    reached.truncated += queue.truncatedBelow() > truncatedBelow ? 1 : 0;
    if (!faulty) {
      truncatedBelow = queue.truncatedBelow();
    }
    reached.overflowedOldest += overflowed;
    assertThat(report(DropReason.OVERFLOW_NEWEST)).isZero();
    assertThat(report(DropReason.TOO_LARGE)).isZero();
    assertThat(report(DropReason.DAMAGED)).as("damage without a crash").isZero();
  }

  private long report(DropReason reason) {
    Long count = dropped.remove(reason);
    return count == null ? 0 : count;
  }

  /** Takes the records off the disk; says how many of them were not leased. */
  private long lose(Set<Long> sequences) {
    List<Long> lost = List.copyOf(sequences);
    lost.forEach(present::remove);
    long kept = 0;
    for (Held lease : held) {
      for (long sequence : lost) {
        if (lease.sequences().contains(sequence) && lease.evicted().add(sequence)) {
          kept++;
        }
      }
    }
    reached.evictedLeased += kept;
    return lost.size() - kept;
  }

  /** Ends what the leases hold that is no longer on disk; says how much that is. */
  private static long loseEvicted(List<Held> leases) {
    long lost = 0;
    for (Held lease : leases) {
      lost += lease.evicted().size();
      lease.sequences().removeAll(lease.evicted());
      lease.evicted().clear();
    }
    return lost;
  }

  // ---- reading ------------------------------------------------------------------------------

  private Set<Long> leasedSequences() {
    Set<Long> leased = new HashSet<>();
    held.forEach(lease -> leased.addAll(lease.sequences()));
    return leased;
  }

  private @Nullable Lease tryLease(int maxRecords, int maxBytes) {
    try {
      return queue.lease(maxRecords, maxBytes);
    } catch (IOException e) {
      throw new AssertionError("reading failed", e);
    }
  }

  private void lease() {
    settle(0);
    int maxRecords = 1 + random.nextInt(20);
    int maxBytes = 1 + random.nextInt(4000);
    Lease lease = tryLease(maxRecords, maxBytes);
    takeDropped();
    Set<Long> leased = leasedSequences();
    Long expected = null;
    for (long sequence : present.keySet()) {
      if (!leased.contains(sequence)) {
        expected = sequence;
        break;
      }
    }
    assertThat(lease == null ? null : Long.valueOf(lease.firstSequence()))
        .as("the oldest record that is not leased")
        .isEqualTo(expected);
    if (lease == null) {
      return;
    }
    TreeSet<Long> sequences = new TreeSet<>();
    long bytes = 0;
    for (int i = 0; i < lease.count(); i++) {
      long sequence = lease.firstSequence() + i;
      require(present.containsKey(sequence), "should not be there", sequence);
      require(!leased.contains(sequence), "is leased already", sequence);
      verify(lease, i);
      bytes += lease.length(i);
      sequences.add(sequence);
    }
    assertThat(lease.count()).isLessThanOrEqualTo(maxRecords);
    assertThat(lease.count() == 1 || bytes <= maxBytes).as("bytes of a lease").isTrue();
    held.add(new Held(lease, sequences, new HashSet<>()));
  }

  private void verify(Lease lease, int i) {
    long sequence = lease.firstSequence() + i;
    byte[] bytes = new byte[lease.length(i)];
    System.arraycopy(lease.bytes(), lease.offset(i), bytes, 0, bytes.length);
    int id = ByteBuffer.wrap(bytes).getInt();
    require(Arrays.equals(bytes, content(id)), "altered", sequence);
    Integer before = assigned.putIfAbsent(sequence, id);
    require(before == null || before == id, "another record than before", sequence);
    require(before != null || unsure.contains(id), "nobody appended it", sequence);
    require(!refused.contains(id), "was refused", sequence);
    require(!failedInThisLife.contains(id), "its append failed", sequence);
    require(!acknowledged.contains(sequence), "was acknowledged", sequence);
    require(
        !acknowledgedForEver.contains(sequence), "was acknowledged in an earlier life", sequence);
  }

  /** Ten times as fast as an assertion that looks at a whole set. */
  private static void require(boolean holds, String otherwise, long sequence) {
    if (!holds) {
      throw new AssertionError("record " + sequence + ": " + otherwise);
    }
  }

  private void acknowledge() {
    if (held.isEmpty()) {
      return;
    }
    Held lease = held.get(random.nextInt(held.size()));
    int count = lease.lease().count();
    int from = random.nextInt(3) == 0 ? random.nextInt(count) : 0;
    int to = random.nextInt(3) == 0 ? from + random.nextInt(count - from + 1) : count;
    acknowledge(lease, from, to);
    held.removeIf(each -> each.sequences().isEmpty());
  }

  private void acknowledge(Held lease, int from, int to) {
    int expected = 0;
    for (int i = from; i < to; i++) {
      long sequence = lease.lease().firstSequence() + i;
      if (lease.sequences().remove(sequence)) {
        acknowledged.add(sequence);
        present.remove(sequence);
        reached.evictedAcknowledged += lease.evicted().remove(sequence) ? 1 : 0;
        expected++;
      }
    }
    int taken = lease.lease().acknowledge(from, to);
    assertThat(taken).as("acknowledged").isEqualTo(expected);
    left += taken;
  }

  private void release() {
    if (held.isEmpty()) {
      return;
    }
    Held lease = held.remove(random.nextInt(held.size()));
    long before = dropped.getOrDefault(DropReason.OVERFLOW_OLDEST, 0L);
    lease.lease().release();
    long reported = dropped.getOrDefault(DropReason.OVERFLOW_OLDEST, 0L) - before;
    assertThat(reported).as("dropped by the release").isEqualTo(loseEvicted(List.of(lease)));
    dropped.merge(DropReason.OVERFLOW_OLDEST, -reported, Long::sum);
  }

  // ---- trouble ------------------------------------------------------------------------------

  private void injectFault() {
    faulty = true;
    switch (random.nextInt(4)) {
      case 0 -> disk.failOperation(1 + random.nextInt(8));
      case 1 -> disk.failSyncs(true);
      case 2 -> disk.capacity(disk.totalBytes() + random.nextInt(5000));
      default -> {
        settle(0);
        disk.heal();
        settle(1500); // what a fault left undone is done again
        faulty = false;
        append();
      }
    }
  }

  private void closeAndReopen() {
    settle(0);
    closed = true;
    if (numbered && random.nextBoolean()) {
      queue.endReservation(nextNumber);
      reservedBelow = Math.min(reservedBelow, nextNumber);
    }
    try {
      queue.close();
    } catch (IOException e) {
      assertThat(faulty).as("close failed without a fault").isTrue();
      crashAndReopen(false);
      return;
    }
    collectAfterClose();
    takeDropped();
    boolean exact = !faulty;
    if (exact) {
      acknowledgedForEver.addAll(acknowledged);
    }
    newLife();
    queue = open();
    noteNumbers();
    if (exact) {
      takeDropped();
      assertThat(queue.statistics().records()).isEqualTo(present.size());
    }
    readAll(present.keySet());
  }

  private void collectAfterClose() {
    waiting.removeIf(
        append -> {
          if (append.result().isCompletedExceptionally()) {
            for (int id : append.ids()) {
              unsure.add(id);
            }
          } else {
            took(append.result().join(), append.ids());
          }
          return true;
        });
  }

  private void crashAndReopen(boolean power) {
    if (random.nextBoolean()) {
      // Dies in the middle of whatever it is doing then.
      faulty = true;
      dying = true;
      disk.dieAfterOperation(1 + random.nextInt(12));
      append();
      settle(random.nextBoolean() ? 1500 : 30);
    } else if (random.nextBoolean()) {
      settle(0);
    }
    Set<Long> must = new HashSet<>(present.keySet());
    // What an append that failed left behind may come to light in one life and be gone in the next.
    must.retainAll(promised);
    if (power) {
      reached.crashes++;
      if (!(options.syncPolicy() instanceof SyncPolicy.Always)) {
        must.clear();
      }
      disk.crash(random);
    } else {
      reached.kills++;
      disk.kill();
      disk.heal();
      acknowledgedForEver.addAll(savedAcknowledgements);
    }
    for (Waiting append : waiting) {
      for (int id : append.ids()) {
        unsure.add(id);
      }
    }
    newLife();
    queue = open();
    noteNumbers();
    readAll(must);
    if (options.syncPolicy() instanceof SyncPolicy.Always) {
      // Nothing that was settled may be missed: only what was never reported as stored. Numbers
      // that
      // were left out may count as well, where the header that tells of them was torn.
      assertThat(damagedAtOpen)
          .as("counted as damaged")
          .isLessThanOrEqualTo(unsure.size() + leftOut);
    }
  }

  private void newLife() {
    waiting.clear();
    held.clear();
    unsure.addAll(failedInThisLife);
    failedInThisLife.clear();
    acknowledged.clear();
    savedAcknowledgements.clear();
    disk.heal();
    faulty = false;
    dying = false;
    closed = false;
  }

  /** Leases everything, which shows what survived, and gives it back. */
  private void readAll(Set<Long> must) {
    Set<Long> missing = new HashSet<>(must);
    TreeMap<Long, Long> found = new TreeMap<>();
    List<Lease> leases = new ArrayList<>();
    long last = -1;
    for (Lease lease = tryLease(50, 100_000); lease != null; lease = tryLease(50, 100_000)) {
      for (int i = 0; i < lease.count(); i++) {
        verify(lease, i);
        long sequence = lease.firstSequence() + i;
        require(sequence > last, "comes after " + last, sequence);
        last = sequence;
        missing.remove(sequence);
        found.put(sequence, lease.appendedAtMillis());
      }
      leases.add(lease);
    }
    Duration maxAge = options.maxAge();
    if (maxAge != null) {
      long limit = clock.millis() - maxAge.toMillis();
      missing.removeIf(sequence -> present.getOrDefault(sequence, 0L) < limit);
    }
    assertThat(missing).as("durable records are gone").isEmpty();
    leases.forEach(Lease::release);
    present.clear();
    present.putAll(found);
    entered = found.size();
    left = 0;
    damagedAtOpen = dropped.getOrDefault(DropReason.DAMAGED, 0L);
    reached.damaged += damagedAtOpen;
    dropped.clear();
    loop.run();
  }

  // ---- checks -------------------------------------------------------------------------------

  private void check() {
    assertThat(disk.peakBytes()).isLessThanOrEqualTo(options.maxBytes());
    if (!waiting.isEmpty()) {
      return;
    }
    takeDropped();
    QueueStatistics statistics = queue.statistics();
    int evicted = held.stream().mapToInt(lease -> lease.evicted().size()).sum();
    int leased = leasedSequences().size();
    assertThat(statistics.records()).as("records").isEqualTo(present.size() + evicted);
    assertThat(statistics.leased()).as("leased").isEqualTo(leased);
    assertThat(left + statistics.records()).as("acknowledged, dropped, held").isEqualTo(entered);
    // A deletion that could not be synced is not counted as room, lest a crash undo it.
    assertThat(statistics.diskBytes()).as("bytes").isGreaterThanOrEqualTo(disk.totalBytes());
    if (!faulty) {
      assertThat(statistics.diskBytes()).as("bytes").isEqualTo(disk.totalBytes());
    }
    assertThat(statistics.backlogBytes() == 0).as("backlog").isEqualTo(present.isEmpty());
    assertThat(queue.hasReady()).isEqualTo(present.size() > leased - evicted);
    if (!present.isEmpty()) {
      assertThat(statistics.oldestMillis()).isLessThanOrEqualTo(present.firstEntry().getValue());
    }
  }

  /** In the end all can be read and acknowledged, and the disk is given back. */
  private void finish() {
    settle(0);
    disk.heal();
    settle(1500);
    while (!present.isEmpty() || !waiting.isEmpty() || !held.isEmpty()) {
      int before = present.size() + waiting.size();
      lease();
      while (!held.isEmpty()) {
        Held lease = held.remove(0);
        acknowledge(lease, 0, lease.lease().count());
      }
      settle(25);
      if (present.isEmpty() && !waiting.isEmpty() && waiting.size() == before) {
        throw new AssertionError("appends wait for ever in an empty queue");
      }
    }
    faulty = false;
    settle(1000);
    settle(1000);
    settle(1000);
    assertThat(disk.fileNames()).as("an empty queue lets go").noneMatch(n -> n.endsWith(".seg"));
    assertThat(queue.statistics().backlogBytes()).isZero();
    assertThat(queue.statistics().records()).isZero();
    assertThat(left).as("acknowledged or dropped").isEqualTo(entered);
    try {
      queue.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
