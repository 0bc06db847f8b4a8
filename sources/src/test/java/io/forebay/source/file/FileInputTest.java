package io.forebay.source.file;

import static io.forebay.source.file.FileInputFixture.bodies;
import static io.forebay.source.file.FileInputFixture.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.item.Batch;
import io.forebay.source.worker.Receiver;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileInputTest {

  @TempDir Path directory;
  private FileInputFixture node;

  @BeforeEach
  void open() throws IOException {
    node = new FileInputFixture(directory);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void reads_what_is_there_and_what_is_added() throws IOException {
    node.write("a.log", lines(0, 3));
    Receiver received = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).isEqualTo(bodies(0, 3)));
    node.write("a.log", lines(3, 5));
    await().untilAsserted(() -> assertThat(received.bodies()).isEqualTo(bodies(0, 5)));
    assertThat(received.items().get(0).attributes())
        .containsEntry("log.file.path", node.logs.resolve("a.log").toString())
        .containsEntry("log.file.name", "a.log");
  }

  @Test
  void a_line_without_a_line_feed_waits_for_it() throws IOException {
    node.write("a.log", "one\ntw");
    Receiver received = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("one"));
    node.write("a.log", "o\n");
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("one", "two"));
  }

  @Test
  void finds_new_files_and_leaves_excluded_and_compressed_ones_out() throws IOException {
    FileInputFixture.Keys keys = node.keys("**/*.log*");
    keys.exclude = List.of("*.tmp.log");
    Receiver received = node.follow(keys, Receiver::acknowledging);
    node.write("x/y/deep.log", "deep\n");
    node.write("flat.log", "flat\n");
    node.write("no.tmp.log", "excluded\n");
    node.write("other.txt", "other\n");
    Files.write(
        node.logs.resolve("flat.log.1.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, '\n'});
    await()
        .untilAsserted(
            () -> assertThat(received.bodies()).containsExactlyInAnyOrder("deep", "flat"));
    await()
        .untilAsserted(
            () -> assertThat(node.listener.events("compressed_file_left_out")).isEqualTo(1));
    assertThat(received.bodies()).hasSize(2);
  }

  @Test
  void follows_a_link_once() throws IOException {
    Path target = node.write("real/a.txt", "once\n");
    Files.createSymbolicLink(node.logs.resolve("a.log"), target);
    Files.createSymbolicLink(node.logs.resolve("b.log"), target);
    Files.createSymbolicLink(node.logs.resolve("broken.log"), node.logs.resolve("nowhere"));
    Files.createSymbolicLink(node.logs.resolve("loop"), node.logs);
    Receiver received = node.follow(node.keys("**/*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("once"));
    await()
        .during(Duration.ofMillis(300))
        .untilAsserted(() -> assertThat(received.bodies()).containsExactly("once"));
    assertThat(node.listener.unhealthy()).isNull();
  }

  @Test
  void goes_on_after_a_restart_where_it_was_acknowledged() throws IOException {
    node.write("a.log", lines(0, 100));
    Receiver first = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(first.bodies()).hasSize(100));
    node.stop();
    node.write("a.log", lines(100, 150));
    Receiver second = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).isEqualTo(bodies(100, 150)));
  }

  @Test
  void reads_again_after_a_restart_what_was_not_acknowledged() throws IOException {
    node.write("a.log", lines(0, 10));
    Receiver first = node.follow(node.keys("*.log"), Receiver::holding);
    await().untilAsserted(() -> assertThat(first.bodies()).hasSize(10));
    node.stop();
    Receiver second = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).isEqualTo(bodies(0, 10)));
  }

  @Test
  void hears_acknowledgements_after_the_cancel() throws IOException {
    node.write("a.log", lines(0, 10));
    FileInput source = node.source(node.keys("*.log"));
    Receiver first = Receiver.holding(source.batches());
    await().untilAsserted(() -> assertThat(first.bodies()).hasSize(10));
    first.cancel();
    first.batches().forEach(batch -> batch.acknowledgement().complete());
    source.close().block(Duration.ofSeconds(10));
    node.write("a.log", "new\n");
    Receiver second = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).containsExactly("new"));
  }

  @Test
  void writes_only_over_bytes_that_nobody_reads_any_more() throws IOException {
    Queue<Batch> held = new ConcurrentLinkedQueue<>();
    node.write("a.log", lines(0, 100_000));
    Receiver received =
        node.follow(node.keys("*.log"), flux -> Receiver.of(flux, Long.MAX_VALUE, held::add));
    await().untilAsserted(() -> assertThat(received.bodies()).hasSize(100_000));
    List<Batch> first = List.copyOf(held);
    Batch kept = first.get(0);
    List<String> before = kept.items().stream().map(item -> item.body().toUtf8()).toList();
    first.subList(1, first.size()).forEach(batch -> batch.acknowledgement().complete());
    node.write("a.log", lines(100_000, 200_000));
    await().untilAsserted(() -> assertThat(received.bodies()).hasSize(200_000));

    List<byte[]> later = List.copyOf(held).stream().skip(first.size()).map(this::array).toList();
    assertThat(later).doesNotContain(array(kept)).containsAnyOf(array(first.get(1)));
    assertThat(kept.items().stream().map(item -> item.body().toUtf8())).isEqualTo(before);
    assertThat(received.bodies()).isEqualTo(bodies(0, 200_000));
  }

  private byte[] array(Batch batch) {
    return batch.items().get(0).body().array();
  }

  @Test
  void the_cursor_waits_for_the_first_batch_that_is_not_acknowledged() throws IOException {
    node.write("a.log", lines(0, 60_000));
    Receiver first = node.follow(node.keys("*.log"), Receiver::holding);
    await().untilAsserted(() -> assertThat(first.bodies()).hasSize(60_000));
    List<Batch> batches = first.batches();
    assertThat(batches).hasSizeGreaterThan(1);
    batches.get(batches.size() - 1).acknowledgement().complete();
    node.stop();
    Receiver second = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).isEqualTo(bodies(0, 60_000)));
  }

  @Test
  void reads_exactly_the_failed_batch_again() throws IOException {
    node.write("a.log", lines(0, 20_000));
    List<Batch> failed = new ArrayList<>();
    Receiver received =
        node.follow(
            node.keys("*.log"),
            flux ->
                Receiver.of(
                    flux,
                    Long.MAX_VALUE,
                    batch -> {
                      if (failed.isEmpty()) {
                        failed.add(batch);
                        batch.acknowledgement().fail();
                      } else {
                        batch.acknowledgement().complete();
                      }
                    }));
    await()
        .untilAsserted(() -> assertThat(received.items()).hasSize(20_000 + failed.get(0).size()));
    assertThat(received.batches().get(received.batches().size() - 1).items())
        .extracting(item -> item.body().toUtf8())
        .isEqualTo(failed.get(0).items().stream().map(i -> i.body().toUtf8()).toList());
    node.stop();
    node.write("a.log", "new\n");
    Receiver second = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).containsExactly("new"));
  }

  @Test
  void finishes_a_renamed_file_before_the_one_in_its_place() throws IOException {
    Path log = node.write("a.log", lines(0, 10));
    Receiver received = node.follow(node.keys("a.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).hasSize(10));
    try (FileChannel old = FileChannel.open(log, StandardOpenOption.APPEND)) {
      Files.move(log, node.logs.resolve("a.log.1"));
      node.write("a.log", lines(20, 30));
      old.write(StandardCharsets.UTF_8.encode(lines(10, 19) + "line 19"));
    }
    await().untilAsserted(() -> assertThat(received.bodies()).isEqualTo(bodies(0, 30)));
  }

  @Test
  void a_renamed_file_that_still_matches_is_not_read_again() throws IOException {
    Path log = node.write("a.log", lines(0, 10));
    Receiver received = node.follow(node.keys("a.log*"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).hasSize(10));
    Files.move(log, node.logs.resolve("a.log.1"));
    node.write("a.log", lines(10, 20));
    await().untilAsserted(() -> assertThat(received.bodies()).isEqualTo(bodies(0, 20)));
    node.stop();
    node.write("a.log", "new\n");
    Receiver second = node.follow(node.keys("a.log*"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).containsExactly("new"));
  }

  @Test
  void finishes_a_file_that_was_renamed_while_nobody_looked() throws IOException {
    Path log = node.write("a.log", lines(0, 10));
    Receiver first = node.follow(node.keys("a.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(first.bodies()).hasSize(10));
    node.stop();
    node.write("a.log", lines(10, 20));
    Files.move(log, node.logs.resolve("a.log.1"));
    node.write("a.log", lines(20, 30));
    Receiver second = node.follow(node.keys("a.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).isEqualTo(bodies(10, 30)));
  }

  @Test
  void reads_a_truncated_file_from_the_beginning() throws IOException {
    Path log = node.write("a.log", lines(0, 100));
    Receiver received = node.follow(node.keys("a.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).hasSize(100));
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
    node.write("a.log", lines(100, 110));
    await().untilAsserted(() -> assertThat(received.bodies()).isEqualTo(bodies(0, 110)));
    assertThat(node.listener.events("file_truncated")).isPositive();
  }

  @Test
  void notices_a_file_that_was_written_anew_and_is_longer_than_before() throws IOException {
    Path log = node.write("a.log", lines(0, 10));
    Receiver first = node.follow(node.keys("a.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(first.bodies()).hasSize(10));
    Files.writeString(log, lines(1000, 1100));
    await()
        .untilAsserted(
            () ->
                assertThat(first.bodies().subList(10, first.bodies().size()))
                    .isEqualTo(bodies(1000, 1100)));
  }

  @Test
  void a_deleted_file_is_read_to_its_end_and_forgotten() throws IOException {
    Path log = node.write("a.log", lines(0, 20_000) + "no line feed");
    Receiver received = node.follow(node.keys("a.log"), flux -> Receiver.of(flux, 1, b -> {}));
    await().untilAsserted(() -> assertThat(received.batches()).hasSize(1));
    Files.delete(log);
    received.requestUnbounded();
    List<String> expected = new ArrayList<>(bodies(0, 20_000));
    expected.add("no line feed");
    await().untilAsserted(() -> assertThat(received.bodies()).isEqualTo(expected));
    received.batches().forEach(batch -> batch.acknowledgement().complete());
    CursorFile cursors = new CursorFile(node.data, "logs");
    await().untilAsserted(() -> assertThat(cursors.load()).isEmpty());
  }

  @Test
  void two_files_with_the_same_content_are_two_files() throws IOException {
    node.write("a.log", "same\n");
    node.write("b.log", "same\n");
    node.write("empty.log", "");
    Receiver received = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("same", "same"));
    node.stop();
    node.write("b.log", "b\n");
    node.write("empty.log", "e\n");
    Receiver second = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).containsExactlyInAnyOrder("b", "e"));
  }

  @Test
  void cuts_long_lines_and_counts_them() throws IOException {
    FileInputFixture.Keys keys = node.keys("a.log");
    keys.maxLine = 10;
    String huge = "h".repeat(500_000);
    node.write(
        "a.log", "short\n" + "x".repeat(11) + "\n123456789é\nexactlyten\r\n" + huge + "\nend\n");
    Receiver received = node.follow(keys, Receiver::acknowledging);
    await()
        .untilAsserted(
            () ->
                assertThat(received.bodies())
                    .containsExactly(
                        "short", "x".repeat(10), "123456789", "exactlyten", "h".repeat(10), "end"));
    assertThat(node.listener.events("line_cut")).isEqualTo(3);
    node.stop();
    node.write("a.log", "new\n");
    Receiver second = node.follow(keys, Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).containsExactly("new"));
  }

  @Test
  void a_long_line_that_grows_slowly_is_one_item() throws IOException {
    FileInputFixture.Keys keys = node.keys("a.log");
    keys.maxLine = 10;
    Receiver received = node.follow(keys, Receiver::acknowledging);
    for (int i = 0; i < 20; i++) {
      node.write("a.log", "y".repeat(10_000));
      await().pollDelay(Duration.ofMillis(15)).until(() -> true);
    }
    node.write("a.log", "\nend\n");
    await()
        .untilAsserted(() -> assertThat(received.bodies()).containsExactly("y".repeat(10), "end"));
  }

  @Test
  void joins_lines_up_to_the_next_first_line() throws IOException {
    FileInputFixture.Keys keys = node.keys("a.log");
    keys.linePattern = Pattern.compile("^\\d{4}-");
    keys.multilineLines = 3;
    node.write("a.log", "2026-1 a\n  at b\n  at c\n2026-2 d\n2026-3 1\n2\n3\n4\n2026-4 é\n tail");
    Receiver received = node.follow(keys, Receiver::acknowledging);
    await()
        .untilAsserted(
            () ->
                assertThat(received.bodies())
                    .containsExactly(
                        "2026-1 a\n  at b\n  at c", "2026-2 d", "2026-3 1\n2\n3", "4", "2026-4 é"));
    node.write("a.log", "\n2026-5\n");
    await()
        .untilAsserted(() -> assertThat(received.bodies()).hasSize(7).endsWith(" tail", "2026-5"));
  }

  @Test
  void starts_at_the_end_of_files_that_are_there_and_at_the_beginning_of_new_ones()
      throws IOException {
    FileInputFixture.Keys keys = node.keys("*.log");
    keys.startAt = FileInputConfig.StartAt.END;
    node.write("a.log", "old\nhalf");
    Receiver received = node.follow(keys, Receiver::acknowledging);
    CursorFile cursors = new CursorFile(node.data, "logs");
    await().untilAsserted(() -> assertThat(cursors.load()).hasSize(1));
    node.write("a.log", " whole\n");
    node.write("b.log", "new file\n");
    await()
        .untilAsserted(
            () ->
                assertThat(received.bodies()).containsExactlyInAnyOrder("half whole", "new file"));
  }

  @Test
  void a_damaged_cursor_file_is_kept_aside() throws IOException {
    node.write("a.log", "one\n");
    Path cursors = node.data.resolve("cursors/logs.json");
    Files.createDirectories(cursors.getParent());
    Files.writeString(cursors, "{\"version\":1,\"files\":[{\"pa");
    Receiver received = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("one"));
    assertThat(node.listener.events("cursor_damaged")).isEqualTo(1);
    try (var files = Files.list(cursors.getParent())) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .anyMatch(name -> name.startsWith("logs.json.damaged-"));
    }
  }

  @Test
  void the_cursor_file_is_for_the_agent_alone() throws IOException {
    node.write("a.log", "one\n");
    node.follow(node.keys("*.log"), Receiver::acknowledging);
    Path cursors = node.data.resolve("cursors/logs.json");
    await().until(() -> Files.exists(cursors));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cursors)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cursors.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void stops_at_the_bound_of_what_is_not_acknowledged() throws IOException {
    FileInputFixture.Keys keys = node.keys("a.log");
    keys.maxUnacknowledged = 600_000;
    node.write("a.log", lines(0, 100_000));
    Receiver received = node.follow(keys, Receiver::holding);
    await().until(() -> received.batches().size() == 3);
    await()
        .during(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(received.batches()).hasSize(3));
    int acknowledged = 0;
    while (received.items().size() < 100_000) {
      int next = acknowledged;
      await().until(() -> received.batches().size() > next);
      received.batches().get(acknowledged++).acknowledgement().complete();
    }
    assertThat(received.bodies()).isEqualTo(bodies(0, 100_000));
  }

  @Test
  void reads_no_more_batches_than_are_asked_for() throws IOException {
    node.write("a.log", lines(0, 50_000));
    Receiver received = node.follow(node.keys("a.log"), flux -> Receiver.of(flux, 2, b -> {}));
    await().until(() -> received.batches().size() == 2);
    await()
        .during(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(received.batches()).hasSize(2));
    received.request(1);
    await().until(() -> received.batches().size() == 3);
  }

  @Test
  void follows_more_files_than_it_may_hold_open() throws IOException {
    FileInputFixture.Keys keys = node.keys("*.log");
    keys.maxOpen = 4;
    for (int i = 0; i < 50; i++) {
      node.write(i + ".log", "first " + i + "\n");
    }
    Receiver received = node.follow(keys, Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).hasSize(50));
    for (int i = 0; i < 50; i++) {
      node.write(i + ".log", "second " + i + "\n");
    }
    await().untilAsserted(() -> assertThat(received.bodies()).hasSize(100));
    assertThat(new HashSet<>(received.bodies())).hasSize(100);
  }

  @Test
  void a_directory_that_goes_and_comes_back_is_followed_again() throws IOException {
    node.write("sub/a.log", "one\n");
    Receiver received = node.follow(node.keys("*/*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("one"));
    Path away = directory.resolve("away");
    Files.move(node.logs.resolve("sub"), away);
    await().pollDelay(Duration.ofMillis(1200)).until(() -> true);
    Files.move(away, node.logs.resolve("sub"));
    node.write("sub/a.log", "two\n");
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("one", "two"));
  }

  @Test
  void a_file_that_cannot_be_read_is_told_and_the_others_go_on() throws IOException {
    Path loop = node.logs.resolve("loop.log");
    Files.createSymbolicLink(loop, loop);
    node.write("a.log", "one\n");
    Receiver received = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("one"));
    await().untilAsserted(() -> assertThat(node.listener.unhealthy()).contains("loop.log"));
    Files.delete(loop);
    await().untilAsserted(() -> assertThat(node.listener.unhealthy()).isNull());
  }

  @Test
  void cursors_that_cannot_be_saved_are_told_and_reading_goes_on() throws IOException {
    Path inTheWay = node.data.resolve("cursors/logs.json.tmp/file");
    Files.createDirectories(inTheWay);
    node.write("a.log", "one\n");
    Receiver received = node.follow(node.keys("*.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.bodies()).containsExactly("one"));
    await()
        .untilAsserted(
            () -> assertThat(node.listener.unhealthy()).contains("cannot save the cursors"));
    Files.delete(inTheWay);
    await().untilAsserted(() -> assertThat(node.listener.unhealthy()).isNull());
    assertThat(new CursorFile(node.data, "logs").load()).hasSize(1);
  }

  @Test
  void a_number_that_was_given_to_another_file_does_not_carry_the_cursor_over() throws IOException {
    Path log = node.write("a.log", "banner\n".repeat(200) + lines(0, 10));
    Receiver first = node.follow(node.keys("a.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(first.bodies()).hasSize(210));
    node.stop();
    // Same inode, same first bytes, longer than before: only what was read last tells them apart.
    Files.writeString(log, "banner\n".repeat(200) + lines(500, 600));
    Receiver second = node.follow(node.keys("a.log"), Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(second.bodies()).hasSize(300));
  }

  @Test
  void adds_the_time_and_the_source_where_wanted() throws IOException {
    FileInputFixture.Keys keys = node.keys("*.log");
    keys.ingestionTime = true;
    keys.separate = true;
    node.write("a.log", "one\n");
    Receiver received = node.follow(keys, Receiver::acknowledging);
    await().untilAsserted(() -> assertThat(received.items()).hasSize(1));
    assertThat(received.items().get(0).attributes())
        .containsEntry("ingestion_time", received.items().get(0).timestampMillis());
    assertThat(received.items().get(0).resource())
        .containsEntry("log.file.path", node.logs.resolve("a.log").toString());
  }
}
