package io.forebay.core.disk;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.queue.PersistentQueue;
import io.forebay.queue.QueueOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissedQueueTest {

  private static final long DAY = Duration.ofDays(1).toMillis();

  @TempDir Path temp;

  private final long now = System.currentTimeMillis();
  private QueueRegistry registry;
  private Path queue;

  @BeforeEach
  void directories() throws IOException {
    registry = new QueueRegistry(Files.createDirectories(temp.resolve("data")).toRealPath());
    queue = temp.toRealPath().resolve("disk");
  }

  private List<OwnedQueue> owned() {
    return List.of(
        new OwnedQueue(OwnedQueue.Kind.QUEUE, "out", "http_output", QueueOptions.of(queue)));
  }

  /** As an agent does: the list, then the queue. */
  private QueueRegistry.Entry start(long atMillis) throws IOException {
    QueueRegistry.Entry entry = registry.update(owned(), atMillis).get(0);
    PersistentQueue.open(QueueOptions.of(queue)).close();
    registry.seen(owned());
    assertThat(registry.read()).singleElement().extracting("missed").isEqualTo(entry.missed());
    return entry;
  }

  private static Clock at(long millis) {
    return Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
  }

  private void moveAway(String to) throws IOException {
    Files.move(queue, temp.resolve(to));
  }

  @Test
  void aQueueThatIsMissingIsKept_untilItIsSettledOrThirtyDaysAreOver() throws IOException {
    assertThat(start(now - 100 * DAY).missed()).isNull();
    assertThat(start(now - 50 * DAY).missed()).isNull();
    moveAway("unmounted");
    Files.createDirectory(queue); // the mount point, empty

    MissedQueue missed = new MissedQueue(now - 50 * DAY, now - 5 * DAY);
    assertThat(start(now - 5 * DAY).missed()).isEqualTo(missed);
    assertThat(start(now).missed()).isEqualTo(missed);
    assertThat(start(now + 24 * DAY).missed()).isEqualTo(missed);
    assertThat(missed.isCurrent(now + 26 * DAY)).isFalse();

    registry.settle(queue);
    assertThat(start(now).missed()).isNull();
  }

  @Test
  void aQueueThatIsBackIsMissedNoMore_whetherOrNotTheAgentCouldMakeANewOne() throws IOException {
    start(now - 50 * DAY);
    try (Stream<Path> files = Files.list(queue)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(now - 50 * DAY));
      }
    }
    moveAway("unmounted");
    assertThat(registry.update(owned(), now).get(0).missed()).isNotNull();
    Files.move(temp.resolve("unmounted"), queue);
    assertThat(start(now).missed()).isNull();
  }

  @Test
  void aQueueThatNeverWasOrWasForgottenIsNotMissed() throws IOException {
    registry.update(owned(), now - 3 * DAY); // and the start failed
    assertThat(start(now - 2 * DAY).missed()).isNull();
    moveAway("purged");
    registry.forget(queue);
    assertThat(start(now).missed()).isNull();
  }

  @Test
  void theLogTellsItOnce() throws IOException {
    start(now - 50 * DAY);
    moveAway("unmounted");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger logger = (Logger) org.slf4j.LoggerFactory.getLogger(DiskInventory.class);
    Level before = logger.getLevel();
    logger.setLevel(Level.WARN);
    logger.addAppender(lines);
    try {
      DiskInventory inventory = DiskInventory.of(owned(), temp.resolve("data"), at(now));
      inventory.begin();
      assertThat(inventory.status().missed()).containsOnlyKeys("out");
      PersistentQueue.open(QueueOptions.of(queue)).close();
      inventory.opened();
      DiskInventory.of(owned(), temp.resolve("data"), at(now + 1)).begin();
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
    assertThat(lines.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getFormattedMessage())
                    .startsWith("out: " + queue + " holds no queue, though the agent that started")
                    .contains("mount its disk", "queue adopt -c FILE DIRECTORY out"));
  }
}
