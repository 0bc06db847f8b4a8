package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.source.cursor.CursorPath;
import io.forebay.source.net.Events;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CursorStoreTest {

  @TempDir Path directory;
  private final Events events = new Events();
  private final List<CursorStore> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(CursorStore::close);
  }

  private CursorPath path() {
    return new CursorPath(directory, "gate", "journal");
  }

  private CursorStore open(JournalDisk disk, int maxAgents) throws IOException {
    CursorStore store = CursorStore.open(disk, maxAgents, "gate", Clock.systemUTC(), events);
    open.add(store);
    return store;
  }

  private CursorStore open() throws IOException {
    return open(JournalDisk.of(path()), 1000);
  }

  /** Null when it is durable. */
  private static @Nullable String save(CursorStore store, String agentId, long epoch, long cursor) {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    store.save(
        new CursorRecord(agentId, epoch, cursor),
        failure -> outcome.complete(failure == null ? "" : failure));
    String failure = outcome.orTimeout(10, TimeUnit.SECONDS).join();
    return failure.isEmpty() ? null : failure;
  }

  @Test
  void remembersOverARestart() throws IOException {
    CursorStore store = open();
    assertThat(save(store, "a", -1, 7)).isNull();
    assertThat(save(store, "ä", 2, Long.MAX_VALUE - 1)).isNull();
    assertThat(save(store, "a", -1, 9)).isNull();
    store.close();
    CursorStore next = open();
    assertThat(next.find("a", -1)).hasValue(9);
    assertThat(next.find("ä", 2)).hasValue(Long.MAX_VALUE - 1);
    assertThat(next.find("a", 1)).isEmpty();
    assertThat(next.find("b", -1)).isEmpty();
  }

  @Test
  void keepsItsFileToItself() throws IOException {
    save(open(), "a", 1, 1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path().path())))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path().path().getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void keepsTheEpochsUsedLast() throws IOException {
    CursorStore store = open();
    for (long epoch = 1; epoch <= 4; epoch++) {
      save(store, "a", epoch, epoch * 10);
    }
    save(store, "a", 1, 11);
    save(store, "a", 5, 50);
    store.close();
    CursorStore next = open();
    assertThat(next.find("a", 2)).isEmpty();
    assertThat(next.find("a", 1)).hasValue(11);
    assertThat(next.find("a", 3)).hasValue(30);
    assertThat(next.find("a", 4)).hasValue(40);
    assertThat(next.find("a", 5)).hasValue(50);
  }

  @Test
  void everyPrefixOfTheJournalHoldsWhatWasDurableThen() throws Exception {
    CursorStore store = open();
    Random random = new Random(5);
    List<CursorRecord> saved = new ArrayList<>();
    List<Long> lengths = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      CursorRecord record =
          new CursorRecord("agent-" + random.nextInt(4), random.nextInt(2), i + 1L);
      assertThat(save(store, record.agentId(), record.epoch(), record.cursor())).isNull();
      saved.add(record);
      lengths.add(Files.size(path().path()));
    }
    store.close();
    byte[] journal = Files.readAllBytes(path().path());
    assertThat(lengths.get(11)).isEqualTo(journal.length);
    for (int cut = 0; cut <= journal.length; cut++) {
      CursorPath torn = new CursorPath(directory.resolve("cut" + cut), "gate", "journal");
      Files.createDirectories(torn.path().getParent());
      Files.write(torn.path(), Arrays.copyOf(journal, cut));
      CursorStore reopened = open(JournalDisk.of(torn), 1000);
      for (CursorRecord each : saved) {
        OptionalLong expected = OptionalLong.empty();
        for (int i = 0; i < saved.size() && lengths.get(i) <= cut; i++) {
          CursorRecord record = saved.get(i);
          if (record.agentId().equals(each.agentId()) && record.epoch() == each.epoch()) {
            expected = OptionalLong.of(record.cursor());
          }
        }
        assertThat(reopened.find(each.agentId(), each.epoch()))
            .as("cut %d", cut)
            .isEqualTo(expected);
      }
      // What is saved after the crash is found as well.
      assertThat(save(reopened, "after", 1, cut)).isNull();
      reopened.close();
      assertThat(open(JournalDisk.of(torn), 1000).find("after", 1)).hasValue(cut);
    }
    assertThat(events.count("cursor_damaged")).isZero();
  }

  @Test
  void damageCostsTheRecordsThatItHits() throws Exception {
    CursorStore store = open();
    for (int i = 0; i < 20; i++) {
      save(store, "agent-" + i, 1, i + 1L);
    }
    store.close();
    byte[] journal = Files.readAllBytes(path().path());
    journal[journal.length / 2] ^= 0x10;
    Files.write(path().path(), journal);
    CursorStore next = open();
    long found =
        java.util.stream.IntStream.range(0, 20)
            .filter(i -> next.find("agent-" + i, 1).equals(OptionalLong.of(i + 1L)))
            .count();
    assertThat(found).isEqualTo(19);
    assertThat(events.count("cursor_damaged")).isEqualTo(1);
    try (var files = Files.list(path().path().getParent())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("gate.journal.damaged-"));
    }
  }

  @Test
  void readsAnyGarbage() throws Exception {
    Random random = new Random(3);
    Files.createDirectories(path().path().getParent());
    for (int i = 0; i < 50; i++) {
      byte[] garbage = new byte[random.nextInt(2000)];
      random.nextBytes(garbage);
      Files.write(path().path(), garbage);
      CursorStore store = open();
      assertThat(save(store, "a", 1, i)).isNull();
      store.close();
    }
  }

  @Test
  void aFailedSyncIsNoAnswerAndMendsItself() throws Exception {
    FailingDisk disk = new FailingDisk(JournalDisk.of(path()));
    CursorStore store = open(disk, 1000);
    assertThat(save(store, "a", 1, 5)).isNull();
    disk.fail(true);
    assertThat(save(store, "a", 1, 9)).contains("durable");
    assertThat(store.find("a", 1)).hasValue(5);
    assertThat(store.failure()).contains("gate").contains("journal");
    assertThat(save(store, "a", 1, 10)).isNotNull();
    assertThat(events.count("cursor_save_failed")).isGreaterThanOrEqualTo(2);
    disk.fail(false);
    // Without anybody saving.
    await().atMost(10, TimeUnit.SECONDS).until(() -> store.failure() == null);
    assertThat(store.find("a", 1)).hasValue(5);
    assertThat(save(store, "a", 1, 11)).isNull();
    store.close();
    assertThat(open().find("a", 1)).hasValue(11);
  }

  @Test
  void sharesTheSyncAmongThoseThatWait() throws Exception {
    FailingDisk disk = new FailingDisk(JournalDisk.of(path()));
    CursorStore store = open(disk, 10_000);
    int saves = 2000;
    CountDownLatch durable = new CountDownLatch(saves);
    for (int i = 0; i < saves; i++) {
      store.save(new CursorRecord("agent-" + i, 1, 1), failure -> durable.countDown());
    }
    assertThat(durable.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(disk.syncs()).isLessThan(saves / 2);
  }

  @Test
  void saysWhyItCannotBeOpened() throws IOException {
    Files.createFile(directory.resolve("cursors"));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("gate")
        .hasMessageContaining("journal");
  }

  @Test
  void holdsAHundredThousandAgentsInBoundedMemoryAndOpensThemQuickly() throws Exception {
    int agents = 100_000;
    Path file = path().path();
    Files.createDirectories(file.getParent());
    ByteBuffer journal = CursorRecord.journal(agents * 2 * 80);
    for (int i = 0; i < 2 * agents; i++) {
      new CursorRecord("edge-agent-of-some-site-" + i % agents, 1, i).encode(journal);
    }
    Files.write(file, Arrays.copyOf(journal.array(), journal.position()));
    long before = usedBytes();
    long begin = System.nanoTime();
    CursorStore store = open(JournalDisk.of(path()), agents);
    long millis = (System.nanoTime() - begin) / 1_000_000;
    long used = usedBytes() - before;
    assertThat(store.find("edge-agent-of-some-site-0", 1)).hasValue(agents);
    assertThat(store.find("edge-agent-of-some-site-99999", 1)).hasValue(2L * agents - 1);
    assertThat(used).isLessThan(40L << 20);
    assertThat(millis).isLessThan(5000);
    assertThat(Files.size(file)).isLessThan(8L << 20);
    // One more makes the one go that was used longest ago.
    assertThat(save(store, "another", 1, 1)).isNull();
    assertThat(store.find("edge-agent-of-some-site-1", 1)).isEmpty();
    assertThat(store.find("edge-agent-of-some-site-0", 1)).isPresent();
    assertThat(events.count("cursor_evicted")).isEqualTo(1);
  }

  @Test
  void theJournalDoesNotGrowWithoutBound() throws Exception {
    CursorStore store = open();
    for (int round = 0; round < 40; round++) {
      CountDownLatch durable = new CountDownLatch(10_000);
      for (int i = 0; i < 10_000; i++) {
        long cursor = round * 10_000L + i;
        store.save(new CursorRecord("one-agent", 1, cursor), failure -> durable.countDown());
      }
      assertThat(durable.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(Files.size(path().path())).isLessThan(5L << 20);
    assertThat(store.find("one-agent", 1)).hasValue(399_999);
    store.close();
    assertThat(open().find("one-agent", 1)).hasValue(399_999);
  }

  private static long usedBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(20);
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
