package io.forebay.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.core.component.SendResult;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.queue.Overflow;
import io.forebay.queue.SickDisk;
import io.forebay.queue.SickDisk.Sickness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A destination whose queue, a real one, lies on a disk that falls sick and gets well. */
class SickDeliveryTest {

  private static final SendResult DOWN = new SendResult.Retry("503 Service Unavailable");
  private static final SendResult UP = SendResult.Delivered.INSTANCE;
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(DiskTrouble.class);

  /** Longer than any wait between two attempts, of the disk or of the receiver. */
  private static final Duration LONG = Duration.ofMinutes(4);

  private static final int BATCHES = 30;
  private static final int BATCH = 20;

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    LOGGER.setLevel(Level.INFO);
    LOGGER.setAdditive(false);
    LOGGER.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    LOGGER.detachAppender(lines);
    LOGGER.setAdditive(true);
    LOGGER.setLevel(null);
  }

  private static final class Outage {
    final SickDisk disk = new SickDisk();
    final Harness h = new Harness();
    final Set<String> offered = new HashSet<>();
    boolean failed;

    Outage(Mode mode, Overflow overflow) {
      this(mode, overflow, false);
    }

    Outage(Mode mode, Overflow overflow, boolean strict) {
      h.mode = mode;
      h.strict = strict;
      h.workers = strict ? 1 : null;
      h.overflow = overflow;
      h.memoryItems = 300;
      h.maxQueueBytes = DataSize.parse("1MB");
      h.realQueue =
          options ->
              disk.open(
                  options, (task, delay) -> h.time.schedule(task, delay, TimeUnit.MILLISECONDS));
      h.start();
    }

    void offer(int batches) {
      for (int i = 0; i < batches; i++) {
        String[] bodies = Harness.bodies("item-" + offered.size() + "-", BATCH);
        offered.addAll(List.of(bodies));
        h.offer(bodies);
        h.time.advanceTimeBy(Duration.ofMillis(100));
        h.checkBooks();
        failed |= h.snapshot().queue().diskFailing();
      }
    }

    void run() {
      offer(2);
      h.destination.answer(DOWN);
      offer(BATCHES);
      h.time.advanceTimeBy(Duration.ofSeconds(5));
      failed |= h.snapshot().queue().diskFailing();
    }

    long dropped() {
      return h.events.dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    void checkWellAgain(Sickness sickness) {
      disk.heal();
      h.time.advanceTimeBy(Duration.ofSeconds(20));
      assertThat(h.snapshot().queue().diskFailing()).as("the disk is well").isFalse();
      assertThat(h.snapshot().diskTrouble()).isNull();
      h.destination.answer(UP);
      h.pass(LONG);
      assertThat(h.state()).isEqualTo(DeliveryState.DIRECT);
      assertThat(h.snapshot().bufferedItems()).isZero();
      assertThat(h.ended).hasSize(h.offers).doesNotContainValue(false);
      assertThat(h.destination.taken).doesNotHaveDuplicates();
      assertThat(h.destination.taken.size() + dropped()).isEqualTo(offered.size());
      if (sickness != Sickness.FULL || h.overflow == Overflow.BLOCK) {
        assertThat(h.events.dropped).isEmpty();
      }
      assertThat(h.stop(Duration.ofSeconds(5))).isTrue();
      assertThat(disk.openFiles()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSickness_atAnyOperation_losesNothingThatIsNotCounted(Sickness sickness) {
    int felt = 0;
    for (Mode mode : Mode.values()) {
      for (Overflow overflow : Overflow.values()) {
        Outage counted = new Outage(mode, overflow);
        counted.disk.fallSick(sickness, Integer.MAX_VALUE);
        counted.run();
        int operations = counted.disk.operations();
        int step = Math.max(1, operations / 12);
        for (int n = 1; n <= operations; n += step) {
          Outage outage = new Outage(mode, overflow, n / step % 2 == 1);
          outage.disk.fallSick(sickness, n);
          try {
            outage.run();
            outage.checkWellAgain(sickness);
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                sickness + " from operation " + n + " on, " + mode + ", " + overflow, e);
          }
          felt += outage.failed ? 1 : 0;
        }
      }
    }
    assertThat(felt).as("outages in which the disk was seen to fail").isGreaterThan(20);
  }

  @ParameterizedTest
  @EnumSource
  void fullDiskAndFullMemory_applyTheOverflowPolicy(Overflow overflow) {
    Outage outage = new Outage(Mode.ERROR, overflow);
    outage.disk.fallSick(Sickness.FULL, 1);
    outage.run();

    assertThat(outage.h.snapshot().memoryItems()).as("bounded").isLessThanOrEqualTo(300);
    long dropped = outage.dropped();
    if (overflow == Overflow.BLOCK) {
      assertThat(dropped).isZero();
      assertThat(outage.h.snapshot().receivedItems()).as("sources wait").isLessThan(400);
    } else {
      String reason = overflow == Overflow.DROP_NEWEST ? "overflow_newest" : "overflow_oldest";
      assertThat(outage.h.events.dropped).containsOnlyKeys(reason);
      assertThat(dropped).isGreaterThan(200);
      assertThat(outage.h.snapshot().receivedItems()).isEqualTo(outage.offered.size());
    }
    outage.checkWellAgain(Sickness.FULL);
    List<String> taken = outage.h.destination.taken;
    assertThat(taken.contains("item-620-19"))
        .as("the newest item")
        .isEqualTo(overflow != Overflow.DROP_NEWEST);
    assertThat(taken.contains("item-40-0"))
        .as("the oldest item of the outage")
        .isEqualTo(overflow != Overflow.DROP_OLDEST);
  }

  /** What the disk does not take goes straight out while the receiver is well. */
  @Test
  void fullDisk_costsNothing_whileTheReceiverIsWell() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.DROP_NEWEST);
    outage.disk.fallSick(Sickness.FULL, 1);
    outage.offer(BATCHES);
    outage.h.pass(Duration.ofSeconds(10));
    assertThat(outage.h.destination.taken).hasSameElementsAs(outage.offered);
    assertThat(outage.h.snapshot().queue().diskFailing()).isTrue();
    outage.checkWellAgain(Sickness.FULL);
    assertThat(outage.h.events.dropped).isEmpty();
  }

  @Test
  void log_namesNodeDirectoryCauseAndMend_onceAMinute_andSaysWhenItIsWell() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.BLOCK);
    outage.disk.fallSick(Sickness.FULL, 1);
    outage.h.destination.answer(DOWN);
    outage.offer(BATCHES);
    outage.h.pass(Duration.ofMinutes(10));

    List<String> warnings = messages(Level.WARN);
    assertThat(warnings.get(0))
        .isEqualTo(
            "out: the queue in queue cannot append: its file system is full; make room on it; what is"
                + " not on disk is held in memory, and it is tried again");
    assertThat(warnings.get(1))
        .matches("out: still failing, \\d+ times more: the queue in queue cannot .*");
    assertThat(warnings).as("in ten minutes").hasSizeBetween(8, 12);
    assertThat(outage.h.snapshot().diskTrouble())
        .contains("its file system is full; make room on it");
    assertThat(messages(Level.INFO)).isEmpty();

    outage.disk.heal();
    outage.h.pass(Duration.ofSeconds(15));
    assertThat(messages(Level.INFO))
        .singleElement()
        .asString()
        .matches("out: the queue in queue works again, after \\d+ failures of its disk");
    assertThat(messages(Level.WARN)).hasSameSizeAs(warnings);
  }

  /** The second is not hidden by the line of the first, which was written in the same minute. */
  @Test
  void log_tellsOfAnotherTroubleAtOnce() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.BLOCK);
    outage.disk.fallSick(Sickness.FULL, 1);
    outage.offer(10);
    outage.disk.fallSick(Sickness.SYNCS, 1);
    outage.offer(10);
    outage.h.pass(Duration.ofSeconds(10));
    assertThat(messages(Level.WARN))
        .satisfiesExactly(
            line -> assertThat(line).contains("cannot append: its file system is full;"),
            line ->
                assertThat(line).contains("cannot append: its disk fails (Input/output error);"));
  }

  @Test
  void deadLetters_areToldOfInTheSameWords_onceAMinute_andWhenTheyAreWellAgain() {
    SickDisk disk = new SickDisk();
    Harness h = new Harness();
    h.realDeadLetters =
        options ->
            disk.open(
                options, (task, delay) -> h.time.schedule(task, delay, TimeUnit.MILLISECONDS));
    h.destination.answer(new SendResult.Rejected("400 Bad Request"));
    h.start();
    h.offer("first");
    h.pass(Duration.ofSeconds(10));
    assertThat(h.snapshot().deadLetteredItems()).isEqualTo(1);

    disk.fallSick(Sickness.FULL, 1);
    h.offer("second");
    h.pass(Duration.ofMinutes(10));
    String trouble =
        "the queue of dead letters in no-such-directory/dead-letters cannot append: its file system is full; make room on it";
    assertThat(h.snapshot().deadLetterTrouble()).isEqualTo(trouble);
    assertThat(h.snapshot().why()).isEqualTo(trouble);
    assertThat(h.snapshot().diskTrouble()).as("of the queue").isNull();
    List<String> warnings = messages(Level.WARN);
    assertThat(warnings.get(0))
        .isEqualTo(
            "out: " + trouble + "; rejected items are held in memory, and it is tried again");
    assertThat(warnings.get(1)).matches("out: still failing, \\d+ times more: " + trouble);
    assertThat(warnings).as("in ten minutes").hasSizeBetween(8, 12);

    disk.heal();
    h.pass(Duration.ofMinutes(2));
    assertThat(h.snapshot().deadLetteredItems()).isEqualTo(2);
    assertThat(h.snapshot().deadLetterTrouble()).isNull();
    assertThat(messages(Level.INFO))
        .singleElement()
        .asString()
        .matches(
            "out: the queue of dead letters in no-such-directory/dead-letters works again, after \\d+ failures of its disk");
  }

  /**
   * As when rights are taken and given back: the second is not hidden by the lines of the first.
   */
  @Test
  void log_tellsOfBeginAndEndOfEachFailure_alsoOfTheSameKindWithinAMinute() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.BLOCK);
    for (int i = 0; i < 3; i++) {
      outage.disk.fallSick(Sickness.WRITES, 1);
      outage.offer(1);
      outage.h.pass(Duration.ofSeconds(1));
      outage.disk.heal();
      outage.h.pass(Duration.ofSeconds(6));
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .hasSize(6)
        .satisfies(all -> assertThat(all.get(4)).contains(" cannot append: its disk fails "))
        .satisfies(all -> assertThat(all.get(5)).contains(" works again, after "));
    outage.h.pass(Duration.ofMinutes(2));
    assertThat(lines.list).as("nothing is left to tell").hasSize(6);
  }

  @Test
  void log_saysOnceAMinuteHowOftenADiskFailed_thatComesAndGoesQuickly() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.BLOCK);
    for (int i = 0; i < 12; i++) {
      outage.disk.fallSick(Sickness.WRITES, 1);
      outage.offer(1);
      outage.h.pass(Duration.ofSeconds(1));
      outage.disk.heal();
      outage.h.pass(Duration.ofSeconds(2));
    }
    outage.h.pass(Duration.ofMinutes(3));
    assertThat(messages(Level.INFO)).as("ends that were told of").hasSize(5);
    assertThat(messages(Level.WARN)).hasSize(6);
    assertThat(messages(Level.WARN).get(5))
        .matches(
            "out: failed [67] times more in the last minute, and works now; the last: the queue in"
                + " queue cannot .*: its disk fails .*");

    outage.disk.fallSick(Sickness.WRITES, 1);
    outage.offer(1);
    assertThat(messages(Level.WARN)).as("a later one").hasSize(7);
  }

  @Test
  void log_saysAtTheEndHowOftenADiskFailed_thatNoLineHasToldOf() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.BLOCK);
    for (int i = 0; i < 8; i++) {
      outage.disk.fallSick(Sickness.WRITES, 1);
      outage.offer(1);
      outage.h.pass(Duration.ofSeconds(1));
      outage.disk.heal();
      outage.h.pass(Duration.ofSeconds(2));
    }
    assertThat(messages(Level.WARN)).hasSize(5);
    assertThat(outage.h.stop(Duration.ofSeconds(5))).isTrue();
    assertThat(messages(Level.WARN))
        .hasSize(6)
        .last()
        .asString()
        .matches("out: failed [23] times more in the last minute, and works now; .*");
  }

  /** The last word of the log is never that all is well when it is not. */
  @Test
  void log_tellsOfAFailureThatStays_afterSeveralThatCameAndWent() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.BLOCK);
    for (int i = 0; i < 8; i++) {
      outage.disk.heal();
      outage.h.pass(Duration.ofSeconds(2));
      outage.disk.fallSick(Sickness.WRITES, 1);
      outage.offer(1);
      outage.h.pass(Duration.ofSeconds(1));
    }
    outage.h.pass(Duration.ofSeconds(70));
    assertThat(messages(Level.WARN).get(5))
        .matches("out: failed [23] times more in the last minute, and fails now; the last: .*");
    outage.disk.heal();
    outage.h.pass(Duration.ofSeconds(20));
    assertThat(lines.list.get(lines.list.size() - 1).getFormattedMessage())
        .contains(" works again, after ");
  }

  /** A disk that fails and works by turns floods no log. */
  @Test
  void log_staysQuiet_whileADiskFailsByTurns() {
    Outage outage = new Outage(Mode.ALWAYS, Overflow.BLOCK);
    for (int i = 0; i < 100; i++) {
      outage.disk.fallSick(Sickness.WRITES, 1);
      outage.offer(1);
      outage.h.pass(Duration.ofSeconds(1));
      outage.disk.heal();
      outage.h.pass(Duration.ofSeconds(2));
    }
    assertThat(messages(Level.WARN)).as("in five minutes").hasSizeBetween(8, 12);
    assertThat(messages(Level.INFO)).hasSizeLessThanOrEqualTo(12);
  }

  private List<String> messages(Level level) {
    List<String> messages = new ArrayList<>();
    for (ILoggingEvent line : lines.list) {
      if (line.getLevel() == level) {
        messages.add(line.getFormattedMessage());
      }
    }
    return messages;
  }
}
