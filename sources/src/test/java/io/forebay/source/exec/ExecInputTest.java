package io.forebay.source.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.config.DataSize;
import io.forebay.source.worker.Receiver;
import io.forebay.source.worker.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecInputTest {

  @TempDir Path data;
  private final RecordingListener listener = new RecordingListener();

  private ExecInput source(
      List<String> command, @Nullable String script, Duration interval, Duration timeout) {
    return new ExecInput(
        new ExecInputConfig(
            command.get(0),
            command.subList(1, command.size()),
            script,
            interval,
            timeout,
            DataSize.ofBytes(1000)),
        new ComponentContext("exec", "test", data, Clock.systemUTC(), new Random(1), listener));
  }

  private ExecInput script(String script, Duration interval, Duration timeout) {
    return source(List.of("sh"), script, interval, timeout);
  }

  @Test
  void reads_both_streams_of_a_command() {
    Receiver received =
        Receiver.acknowledging(
            source(
                    List.of("sh", "-c", "echo \"$0 out\"; echo err >&2", "a  b"),
                    null,
                    Duration.ofHours(1),
                    null)
                .batches());
    await()
        .untilAsserted(
            () -> assertThat(received.bodies()).containsExactlyInAnyOrder("a  b out", "err"));
    assertThat(received.items())
        .filteredOn(item -> item.body().toUtf8().equals("err"))
        .singleElement()
        .satisfies(item -> assertThat(item.attributes()).containsEntry("log.iostream", "stderr"));
    received.cancel();
  }

  @Test
  void runs_a_script_at_the_interval_and_removes_it_at_the_end() throws IOException {
    Receiver received =
        Receiver.acknowledging(script("echo run", Duration.ofMillis(50), null).batches());
    await().untilAsserted(() -> assertThat(received.bodies()).startsWith("run", "run", "run"));
    received.cancel();
    await()
        .untilAsserted(
            () -> {
              try (var files = Files.list(data.resolve("scripts"))) {
                assertThat(files).isEmpty();
              }
            });
  }

  @Test
  void a_failing_command_is_told_with_its_last_error_line_until_it_works() {
    Path flag = data.resolve("flag");
    Receiver received =
        Receiver.acknowledging(
            script(
                    "test -e '" + flag + "' || { echo 'no flag' >&2; exit 3; }",
                    Duration.ofMillis(50),
                    null)
                .batches());
    await()
        .untilAsserted(
            () -> assertThat(listener.unhealthy()).contains("exit code 3").contains("no flag"));
    assertThat(listener.events("command_failed")).isPositive();
    await().untilAsserted(() -> Files.writeString(flag, ""));
    await().untilAsserted(() -> assertThat(listener.unhealthy()).isNull());
    received.cancel();
  }

  @Test
  void a_command_that_is_not_there_is_told() {
    Receiver received =
        Receiver.acknowledging(
            source(List.of("/no/such/command"), null, Duration.ofMillis(50), null).batches());
    await()
        .untilAsserted(
            () -> assertThat(listener.unhealthy()).contains("cannot start /no/such/command"));
    received.cancel();
  }

  @Test
  void a_run_that_takes_too_long_is_ended_with_its_children() {
    Receiver received =
        Receiver.acknowledging(
            script("sleep 1000 & echo $! $$; wait", Duration.ofHours(1), Duration.ofMillis(300))
                .batches());
    await().untilAsserted(() -> assertThat(listener.unhealthy()).contains("did not end within"));
    assertAllEnded(received.bodies().get(0));
    received.cancel();
  }

  @Test
  void a_cancel_ends_the_command_and_its_children() {
    Receiver received =
        Receiver.acknowledging(script("sleep 1000 & echo $! $$; wait", null, null).batches());
    await().until(() -> received.bodies().size() == 1);
    received.cancel();
    await().untilAsserted(() -> assertAllEnded(received.bodies().get(0)));
  }

  @Test
  void a_command_that_keeps_running_is_started_again_when_it_ends() {
    Receiver received = Receiver.acknowledging(script("echo $$", null, null).batches());
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(received.bodies()).hasSizeGreaterThanOrEqualTo(2));
    received.cancel();
  }

  @Test
  void a_command_that_prints_for_ever_waits_for_demand() {
    Receiver received = Receiver.of(source(List.of("yes"), null, null, null).batches(), 3, b -> {});
    await().until(() -> received.batches().size() == 3);
    await()
        .during(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(received.batches()).hasSize(3));
    received.cancel();
  }

  @Test
  void a_child_that_holds_the_output_open_does_not_hold_up_the_next_run() {
    Receiver received =
        Receiver.acknowledging(script("sleep 4 & echo run", Duration.ofMillis(50), null).batches());
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(received.bodies()).hasSizeGreaterThanOrEqualTo(2));
    received.cancel();
  }

  private static void assertAllEnded(String pids) {
    for (String pid : pids.split(" ")) {
      assertThat(ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }
}
