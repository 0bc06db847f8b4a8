package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * What comes of a damage, in words.
 *
 * @param lost the records that cannot be read, or the refusal of the directory
 * @param again the records that were acknowledged and come again
 * @param said the warnings in the log
 * @param kept the copies of damaged bytes in the directory
 * @param checked what a check says before
 */
record DamageOutcome(String lost, String again, String said, String kept, String checked) {

  private static final String NOTHING = "–";

  String cells() {
    return "| " + String.join(" | ", lost, again, said, kept, checked) + " |";
  }

  /** Looks at the directory, then opens the queue, reads it, and lets it go on. */
  static DamageOutcome of(DamagedQueue damaged) throws IOException {
    Path directory = damaged.directory();
    String checked = check(directory);
    Logger logger = (Logger) LoggerFactory.getLogger("io.forebay.queue");
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    String refused = null;
    TreeSet<Integer> missing = new TreeSet<>();
    TreeSet<Integer> again = new TreeSet<>();
    Map<String, String> before = files(directory);
    try {
      read(directory, missing, again);
    } catch (QueueFormatException e) {
      assertThat(files(directory)).as("files of a directory that is refused").isEqualTo(before);
      refused = "refused: " + plain(e.getMessage(), directory);
    } finally {
      logger.detachAppender(appender);
      logger.setLevel(null);
      logger.setAdditive(true);
    }
    String said =
        appender.list.stream()
            .map(event -> plain(event.getFormattedMessage(), directory))
            .distinct()
            .collect(Collectors.joining("; "));
    return new DamageOutcome(
        refused != null ? refused : ranges(missing),
        ranges(again),
        said.isEmpty() ? NOTHING : said,
        evidence(directory),
        checked);
  }

  private static void read(Path directory, TreeSet<Integer> missing, TreeSet<Integer> again)
      throws IOException {
    QueueFixture.Reports reports = new QueueFixture.Reports();
    try (PersistentQueue queue = PersistentQueue.open(DamagedQueue.options(directory, reports))) {
      for (int i = DamagedQueue.FIRST; i < DamagedQueue.END; i++) {
        missing.add(i);
      }
      int last = -1;
      for (Lease lease : QueueFixture.leaseAll(queue)) {
        int number = QueueFixture.number(lease, 0);
        assertThat(number).isEqualTo((int) lease.firstSequence()).isGreaterThan(last);
        assertThat(bytes(lease)).isEqualTo(record(number));
        if (number < DamagedQueue.FIRST) {
          again.add(number);
        }
        missing.remove(number);
        last = number;
        lease.acknowledge();
      }
      assertThat(reports.dropped.getOrDefault(DropReason.DAMAGED, 0L))
          .as("told to the listener")
          .isEqualTo(missing.size());
      long next = QueueFixture.store(queue, QueueFixture.numbered(1000, 1, 100));
      assertThat(next).isGreaterThanOrEqualTo(DamagedQueue.END);
      List<Lease> after = QueueFixture.leaseAll(queue);
      assertThat(after).hasSize(1);
      assertThat(QueueFixture.number(after.get(0), 0)).isEqualTo(1000);
      after.get(0).acknowledge();
    }
    QueueCheck after = new QueueInspector(directory).check(bytes -> {});
    assertThat(after.well()).as("well afterwards: %s", after).isTrue();
    assertThat(after.undelivered()).isZero();
  }

  private static byte[] record(int number) {
    byte[] record = new byte[DamagedQueue.RECORD_BYTES];
    Arrays.fill(record, (byte) 'x');
    ByteBuffer.wrap(record).putInt(number);
    return record;
  }

  private static byte[] bytes(Lease lease) {
    int start = lease.offset(0);
    return Arrays.copyOfRange(lease.bytes(), start, start + lease.length(0));
  }

  private static String check(Path directory) throws IOException {
    QueueCheck check;
    try {
      check = new QueueInspector(directory).check(bytes -> {});
    } catch (QueueFormatException e) {
      return "refused";
    }
    List<String> said = new ArrayList<>();
    for (Damage damage : check.listed()) {
      said.add(damage.what() + (damage.undelivered() > 0 ? " (" + damage.undelivered() + ")" : ""));
    }
    if (!check.stateSound()) {
      said.add("the state cannot be read");
    }
    if (check.tailBytes() > 0) {
      said.add(check.tailBytes() + " bytes after the last frame");
    }
    return (check.well() ? "well" : "damaged")
        + (said.isEmpty() ? "" : ": " + String.join("; ", said));
  }

  /** The data of every segment and of the state, by name. */
  private static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, "{*.seg,state}")) {
      for (Path path : paths) {
        if (Files.isRegularFile(path)) {
          byte[] bytes = Files.readAllBytes(path);
          files.put(String.valueOf(path.getFileName()), HexFormat.of().formatHex(bytes));
        }
      }
    }
    return files;
  }

  private static String evidence(Path directory) throws IOException {
    List<String> files = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, Evidence.PREFIX + "*")) {
      for (Path path : paths) {
        files.add(
            "`"
                + plain(String.valueOf(path.getFileName()), directory)
                + "` of "
                + Files.size(path));
      }
    }
    return files.isEmpty() ? NOTHING : String.join(", ", new TreeSet<>(files));
  }

  /** Without the directory and the zeros of names. */
  private static String plain(String text, Path directory) {
    return text.replace(directory + "/", "")
        .replace(directory.toString(), "queue")
        .replaceAll("0{10,}(\\d+\\.seg)", "$1");
  }

  private static String ranges(TreeSet<Integer> numbers) {
    List<String> ranges = new ArrayList<>();
    int from = -1;
    for (int number : numbers) {
      if (!numbers.contains(number - 1)) {
        from = number;
      }
      if (!numbers.contains(number + 1)) {
        ranges.add(from == number ? "" + number : from + " to " + number);
      }
    }
    return ranges.isEmpty() ? NOTHING : String.join(", ", ranges);
  }
}
