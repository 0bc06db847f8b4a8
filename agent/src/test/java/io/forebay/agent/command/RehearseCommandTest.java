package io.forebay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code forebay rehearse} prints and refuses. */
class RehearseCommandTest {

  @TempDir private Path directory;
  private final CommandRun run = new CommandRun();

  private String config(String size) throws IOException {
    return Files.writeString(
            directory.resolve("pipeline.yaml"),
            """
            version: v3
            nodes:
            - name: in
              type: udp_input
              port: 9
            - name: out
              type: tcp_output
              host: 127.0.0.1
              port: 9
              persistent_queue:
                path: %s
                max_byte_size: %s
            - name: bare
              type: http_output
              endpoint: http://127.0.0.1:9/
            links:
            - from: in
              to: out
            - from: in
              to: bare
            """
                .formatted(directory.resolve("queue"), size))
        .toString();
  }

  @Test
  void saysWhatIsLost_andWhatWouldBeEnough() throws IOException {
    assertThat(run.execute("rehearse", config("1MB"), "--outage", "5m", "--rate", "20/s"))
        .as(run.err())
        .isEqualTo(1);
    assertThat(run.out())
        .contains(
            "An outage of 5m00s at 20/s of 1.0 kB: 6,000 items, 6.0 MB",
            "out (tcp_output), mode error, overflow drop_newest",
            "(overflow_newest); the first ",
            "to lose nothing  max_byte_size: ",
            "bare (http_output), no persistent_queue");
    assertThat(directory.resolve("queue")).doesNotExist();
  }

  @Test
  void saysWhatTheDiskBudgetLeavesEach_andWhetherAllFitTogether() throws IOException {
    Path config = Path.of(config("100MB"));
    Files.writeString(
        config,
        Files.readString(config)
            .replace("nodes:", "settings: {disk_budget: {max_byte_size: 6MB}}\nnodes:"));
    assertThat(run.execute("rehearse", config.toString(), "--outage", "5m", "--rate", "40/s"))
        .as(run.err())
        .isEqualTo(1);
    assertThat(run.out())
        .contains("of 5.0 MB, which settings.disk_budget leaves it", "items (disk_budget)")
        .containsPattern("max_byte_size: 1\\dMB, settings.disk_budget.max_byte_size: 1\\dMB")
        .containsPattern("All peaks together: 5.0 MB of 6.0 MB \\(disk_budget.max_byte_size\\)\\.");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aQueueThatIsLargeEnoughIsWell_andAloneWhereItIsNamed() throws IOException {
    assertThat(
            run.execute(
                "rehearse",
                config("100MB"),
                "--node",
                "out",
                "--outage",
                "5m",
                "--rate",
                "1200/m",
                "--json"))
        .as(run.err())
        .isZero();
    assertThat(run.out())
        .contains("\"nothing_lost\":true", "\"dropped\":{}", "\"advice\":null", "\"node\":\"out\"")
        .doesNotContain("bare");
  }

  @Test
  void sourcesThatCannotWaitAreNamed() throws IOException {
    assertThat(
            run.execute(
                "rehearse", config("100MB"), "--node", "bare", "--outage", "1h", "--rate", "20/s"))
        .as(run.err())
        .isEqualTo(1);
    assertThat(run.out())
        .contains("sources wait", "in cannot wait and loses them", "a persistent_queue with");
  }

  @ParameterizedTest
  @CsvSource({
    "--rate, fast, is no rate",
    "--rate, 0/s, is no rate",
    "--outage, 0, must be more than 0",
    "--outage, 2, 2",
    "--size, 3, --size must be",
    "--node, other, has no destination 'other'; destinations:"
  })
  void wrongOptionsAreSaidSo(String option, String value, String message) throws IOException {
    String rate = option.equals("--rate") ? value : "20/s";
    String outage = option.equals("--outage") ? value : "5m";
    String size = option.equals("--size") ? value : "1KB";
    String node = option.equals("--node") ? value : "out";
    int code =
        run.execute(
            "rehearse",
            config("1MB"),
            "--rate",
            rate,
            "--outage",
            outage,
            "--size",
            size,
            "--node",
            node);
    assertThat(code).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
  }

  @Test
  void aFileWithErrorsIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("bad.yaml"), "version: v3\nnodes: 3\n");
    assertThat(run.execute("rehearse", file.toString(), "--rate", "1/s", "--outage", "1s"))
        .isEqualTo(3);
    assertThat(run.err()).contains("bad.yaml:2", "has errors");
  }
}
