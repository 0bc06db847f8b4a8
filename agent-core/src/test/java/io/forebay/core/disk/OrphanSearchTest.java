package io.forebay.core.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.delivery.QueueSettings;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.RecordBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanSearchTest {

  private static final long NOW = Duration.ofDays(20_000).toMillis();

  @TempDir Path temp;

  private Path data;
  private Path elsewhere;
  private QueueRegistry registry;

  @BeforeEach
  void directories() throws IOException {
    data = Files.createDirectories(temp.resolve("data")).toRealPath();
    elsewhere = Files.createDirectories(temp.resolve("elsewhere")).toRealPath();
    registry = new QueueRegistry(data);
  }

  private static void fill(Path directory, int records) throws IOException {
    try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(directory))) {
      for (int i = 0; i < records; i++) {
        queue
            .append(RecordBatch.of("record\n".getBytes(StandardCharsets.UTF_8)))
            .toCompletableFuture()
            .join();
      }
    }
  }

  private static OwnedQueue owned(String node, Path directory) {
    return new OwnedQueue(OwnedQueue.Kind.QUEUE, node, "http_output", QueueOptions.of(directory));
  }

  private List<OrphanedQueue> find(Path... owned) throws IOException {
    return new OrphanSearch(data)
        .find(
            List.of(owned),
            path -> {
              throw new AssertionError("unreadable: " + path);
            });
  }

  @Test
  void aQueueOutsideOfTheDataDirectoryIsFound_andItsNodeIsKnown() throws IOException {
    Path queue = elsewhere.resolve("queue");
    fill(queue, 3);
    registry.update(List.of(owned("old", queue)), NOW);

    assertThat(find(queue)).isEmpty();
    assertThat(find())
        .singleElement()
        .satisfies(
            orphan -> {
              assertThat(orphan.node()).isEqualTo("old");
              assertThat(orphan.type()).isEqualTo("http_output");
              assertThat(orphan.directory()).isEqualTo(queue);
              assertThat(orphan.records()).isEqualTo(3);
              assertThat(orphan.diskBytes()).isPositive();
              assertThat(orphan.inUse()).isFalse();
              assertThat(orphan.sentence())
                  .startsWith("3 records (")
                  .contains("the last was 'old'")
                  .contains("forebay queue adopt -c FILE " + queue + " NODE")
                  .contains("forebay queue purge --directory " + queue);
            });
  }

  @Test
  void withoutARegistryThoseInTheDataDirectoryAreFound_deadLettersWithTheirNode()
      throws IOException {
    fill(data.resolve("some/where"), 1);
    fill(QueueSettings.deadLetterDirectory(data, "a.b/c"), 2);

    assertThat(find())
        .extracting(OrphanedQueue::kind, OrphanedQueue::node, OrphanedQueue::records)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(OwnedQueue.Kind.DEAD_LETTERS, "a.b/c", 2L),
            org.assertj.core.groups.Tuple.tuple(OwnedQueue.Kind.QUEUE, "", 1L));
    assertThat(find().get(0).sentence())
        .contains("2 dead letters", "dead-letters replay -c FILE --into NODE");
  }

  @Test
  void aTornOrForeignRegistryIsNoFailure() throws IOException {
    Path queue = elsewhere.resolve("queue");
    fill(queue, 1);
    registry.update(List.of(owned("old", queue)), NOW);
    Path file = data.resolve(QueueRegistry.NAME);
    String line = Files.readString(file);

    Files.writeString(
        file,
        line
            + "[1,2]\n{\"directory\":\"relative\"}\n{\"directory\":5}\n\u0000\n"
            + line.substring(0, line.length() / 2),
        StandardOpenOption.TRUNCATE_EXISTING);

    assertThat(registry.read()).hasSize(1);
    assertThat(find())
        .singleElement()
        .satisfies(
            orphan ->
                assertThat(orphan.sentence())
                    .startsWith("1 record (")
                    .contains(") lies in ", "owns it", " gives it to", " removes it"));
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, '{'});
    assertThat(registry.read()).isEmpty();
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(registry.read()).isEmpty();
    registry.update(List.of(owned("old", queue)), NOW);
  }

  @Test
  void aReaderNeverSeesHalfARegistry_andNothingElseIsLeft() throws IOException {
    List<OwnedQueue> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(owned("node-" + i, elsewhere.resolve("queue-" + i)));
    }
    for (int i = 0; i < 20; i++) {
      registry.update(many, NOW);
      assertThat(registry.read()).hasSize(200);
    }
    try (Stream<Path> files = Files.list(data)) {
      assertThat(files).containsExactly(data.resolve(QueueRegistry.NAME));
    }
  }

  @Test
  void whatIsGoneIsForgotten_butNotADiskThatIsAwayForAWhile() throws IOException {
    Path purged = Files.createDirectories(elsewhere.resolve("purged"));
    Path away = elsewhere.resolve("away");
    registry.update(List.of(owned("purged", purged), owned("away", away)), NOW);

    registry.update(List.of(), NOW + Duration.ofDays(29).toMillis());
    assertThat(registry.read()).extracting(QueueRegistry.Entry::node).containsExactly("away");

    registry.update(List.of(), NOW + Duration.ofDays(31).toMillis());
    assertThat(registry.read()).isEmpty();
  }

  @Test
  void aQueueInUseIsToldAsSuch() throws IOException {
    Path queue = data.resolve("queue");
    fill(queue, 1);
    try (PersistentQueue open = PersistentQueue.open(QueueOptions.of(queue))) {
      assertThat(open.statistics().records()).isEqualTo(1);
      assertThat(find()).singleElement().matches(OrphanedQueue::inUse);
    }
  }
}
