package io.forebay.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @TempDir Path temp;

  @Test
  void choose_optionThenVariableThenDefault() {
    Map<String, String> variables = Map.of(DataDirectory.VARIABLE, "/from/variable");

    assertThat(DataDirectory.choose(Path.of("/from/option"), variables::get))
        .isEqualTo(Path.of("/from/option"));
    assertThat(DataDirectory.choose(null, variables::get)).isEqualTo(Path.of("/from/variable"));
    assertThat(DataDirectory.choose(null, name -> null)).isEqualTo(Path.of("/var/lib/forebay"));
  }

  @Test
  void prepare_createsItForTheOwnerOnly() throws Exception {
    Path directory = temp.resolve("a/b");

    DataDirectory.prepare(directory);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void prepare_aFileInTheWay_saysHowToMend() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.prepare(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("not a directory")
        .hasMessageContaining("--data-dir");
  }
}
