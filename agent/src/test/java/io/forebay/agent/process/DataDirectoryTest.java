package io.forebay.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void prepare_aFileAboveIt_saysWhich() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.prepare(file.resolve("data")))
        .hasMessage(
            "the data directory "
                + file.resolve("data")
                + " cannot be used: "
                + file
                + " is not a directory; choose another with --data-dir or FOREBAY_DATA_DIR");
  }

  @Test
  void prepare_aLinkThatLeadsNowhere_saysSo() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nowhere"));

    assertThatThrownBy(() -> DataDirectory.prepare(link))
        .hasMessageContaining(link + " is a symbolic link that leads nowhere");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc", "/proc/xx", "/proc/xx/yy"})
  @EnabledOnOs(OS.LINUX)
  void prepare_whereNothingCanBeMade_saysSoInWords(Path directory) {
    assertThatThrownBy(() -> DataDirectory.prepare(directory))
        .hasMessageStartingWith("the data directory " + directory + " cannot be used: ")
        .hasMessageMatching(".*(in|to) /proc[;,].*choose another with --data-dir.*")
        .hasMessageNotContaining("Exception");
  }

  @Test
  void prepare_aDirectoryThatMayNotBeWritten_saysWho() throws Exception {
    Path directory =
        Files.createDirectory(
            temp.resolve("theirs"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
    assumeFalse(Files.isWritable(directory), "root may write everywhere");

    assertThatThrownBy(() -> DataDirectory.prepare(directory))
        .hasMessageContaining(
            "may not write to " + directory + ", so run the agent as its owner; choose");
  }

  @Test
  void reason_isInTheSystemsWords_whereThereAreSome() {
    assertThat(
            DataDirectory.reason(
                temp.resolve("x"),
                new FileSystemException(
                    temp.resolve("x").toString(), null, "Read-only file system")))
        .isEqualTo("nothing can be made in " + temp + " (Read-only file system)");
    assertThat(DataDirectory.reason(temp, new AccessDeniedException(temp.toString())))
        .isEqualTo(
            "user "
                + System.getProperty("user.name")
                + " may not write to "
                + temp
                + ", so run the agent as its owner");
  }
}
