package io.forebay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code validate}, {@code graph} and {@code nodes}. */
class ConfigurationCommandsTest {

  private static final String GOOD =
      """
      version: v3
      nodes:
        - name: in
          type: demo_input
        - name: out
          type: void_output
      links:
        - from: in
          to: out
      """;

  @TempDir Path temp;

  private final CommandRun commands = new CommandRun();

  @Test
  void validate_goodFile_saysWhatIsInIt() throws Exception {
    assertThat(commands.execute("validate", file(GOOD))).as(commands.err()).isZero();
    assertThat(commands.out()).contains("pipeline.yaml: ok, 1 source, 0 processors, 1 destination");
  }

  @Test
  void validate_badFile_isToldLikeACompiler() throws Exception {
    String bad = file(GOOD.replace("type: demo_input", "type: demo_inptu"));

    assertThat(commands.execute("validate", bad)).isEqualTo(3);
    assertThat(commands.err())
        .contains("pipeline.yaml:4:")
        .contains("error: node 'in'")
        .contains("hint:")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run -c FILE",
        "validate FILE",
        "graph FILE",
        "rehearse FILE --outage 1m --rate 1/s",
        "queue ls -c FILE",
        "queue stat -c FILE out",
        "queue check -c FILE",
        "queue cat -c FILE out",
        "queue export -c FILE out x",
        "queue import -c FILE out x",
        "queue repair -c FILE out",
        "queue skip -c FILE out --to 1",
        "queue purge -c FILE out",
        "queue drain -c FILE --node out",
        "queue dead-letters ls -c FILE",
        "queue dead-letters cat -c FILE out",
        "queue dead-letters replay -c FILE out",
        "queue dead-letters purge -c FILE out"
      })
  void everyCommand_endsWithThreeWithoutItsPipelineFile(String command) throws Exception {
    String missing = temp.resolve("missing.yaml").toString();
    String bad = file("version: v3\nnodes: 3\n");

    assertThat(commands.execute(command.replace("FILE", missing).split(" "))).isEqualTo(3);
    assertThat(commands.execute(command.replace("FILE", bad).split(" "))).isEqualTo(3);

    assertThat(commands.err()).contains("missing.yaml", "pipeline.yaml:2").doesNotContain("\tat ");
    assertThat(commands.out()).isEmpty();
  }

  @Test
  void validate_severalFiles_checksAll() throws Exception {
    Path other = Files.writeString(temp.resolve("other.yaml"), GOOD);

    assertThat(
            commands.execute("validate", temp.resolve("missing.yaml").toString(), other.toString()))
        .isEqualTo(3);
    assertThat(commands.err()).contains("missing.yaml");
    assertThat(commands.out()).contains("other.yaml: ok");
  }

  @Test
  void validate_withoutAFile_isAUsageError() {
    assertThat(commands.execute("validate")).isEqualTo(2);
    assertThat(commands.err()).contains("FILE");
  }

  @Test
  void graph_mermaidByDefault() throws Exception {
    assertThat(commands.execute("graph", file(GOOD))).isZero();
    assertThat(commands.out()).startsWith("flowchart").contains("demo_input");
  }

  @Test
  void graph_dot() throws Exception {
    assertThat(commands.execute("graph", file(GOOD), "--format", "dot")).isZero();
    assertThat(commands.out()).startsWith("digraph");
  }

  @Test
  void graph_unknownFormat_isAUsageError() throws Exception {
    assertThat(commands.execute("graph", file(GOOD), "--format", "png")).isEqualTo(2);
    assertThat(commands.err()).contains("png");
  }

  @Test
  void nodes_listsTypesByKind() {
    assertThat(commands.execute("nodes")).isZero();
    assertThat(commands.out())
        .containsSubsequence("sources", "demo_input", "processors", "destinations", "http_output");
  }

  @Test
  void nodes_oneType_listsItsKeys() {
    assertThat(commands.execute("nodes", "http_output")).isZero();
    assertThat(commands.out())
        .contains("endpoint", "required", "persistent_queue", "max_byte_size", "default 1GB");
  }

  @Test
  void nodes_json_canBeRead() {
    assertThat(commands.execute("nodes", "http_output", "--json")).isZero();
    assertThat(commands.out())
        .startsWith("[{\"type\":\"http_output\"")
        .contains("\"name\":\"max_byte_size\"", "\"default\":\"1GB\"");
  }

  @Test
  void nodes_everyType_canBeDescribed() {
    assertThat(commands.execute("nodes", "--json")).as(commands.err()).isZero();
  }

  @Test
  void nodes_unknownType_isAUsageError() {
    assertThat(commands.execute("nodes", "htpt_output")).isEqualTo(2);
    assertThat(commands.err()).contains("htpt_output").contains("forebay nodes");
  }

  @Test
  void run_badFile_endsBeforeAnythingIsTouched() throws Exception {
    Path data = temp.resolve("data");

    assertThat(commands.execute("run", "-c", file("version: v3\n"), "--data-dir", data.toString()))
        .isEqualTo(3);
    assertThat(data).doesNotExist();
  }

  @Test
  void run_unusableDataDirectory_isToldInWords() throws Exception {
    Path inTheWay = Files.createFile(temp.resolve("in-the-way"));

    assertThat(commands.execute("run", "-c", file(GOOD), "--data-dir", inTheWay + "/data"))
        .isEqualTo(3);
    assertThat(commands.err())
        .contains(inTheWay + " is not a directory", "--data-dir")
        .doesNotContain("Exception");
  }

  @Test
  void run_badAdminAddress_isAUsageError() throws Exception {
    assertThat(commands.execute("run", "-c", file(GOOD), "--admin", "nowhere")).isEqualTo(2);
    assertThat(commands.err()).contains("nowhere");
  }

  private String file(String text) throws IOException {
    return Files.writeString(temp.resolve("pipeline.yaml"), text).toString();
  }
}
