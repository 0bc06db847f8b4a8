package io.forebay.destination.localstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.core.item.ByteSlice;
import io.forebay.destination.localstorage.FaultyChannel.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left of an archive whose device fails. */
class ArchiveFaultTest {

  @TempDir private Path root;

  private final List<FaultyChannel> opened = new ArrayList<>();
  private Archive archive;

  @BeforeEach
  void open() {
    archive =
        new Archive(
            root,
            "out",
            ".log",
            1 << 20,
            time -> root.resolve("files"),
            Clock.systemUTC(),
            new Random(7),
            file -> {
              FaultyChannel channel = new FaultyChannel(DurableFiles.create(file));
              opened.add(channel);
              return channel;
            });
  }

  @AfterEach
  void close() throws IOException {
    archive.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NO_SPACE", "SYNC_FAILS"})
  void aFailedBatchLeavesNothingAndWhatWasSyncedStays(Fault fault) throws IOException {
    archive.append(List.of(text("one\n"), text("two\n")));
    opened.get(0).fail(fault);

    assertThatThrownBy(() -> archive.append(List.of(text("three\n"), text("four\n"))))
        .isInstanceOf(IOException.class);
    assertThat(archive.openName()).isNull();

    archive.append(List.of(text("five\n")));
    archive.roll();

    assertThat(contents()).containsExactlyInAnyOrder("one\ntwo\n", "five\n");
    assertThat(opened).hasSize(2).noneMatch(FaultyChannel::isOpen);
    assertThat(Archives.hidden(root, "out"))
        .extracting(path -> path.getFileName().toString())
        .containsExactly("lock");
  }

  @Test
  void recoveryFinishesWhatAFailureLeft() throws IOException {
    archive.append(List.of(text("one\n")));
    archive.roll();
    archive.append(List.of(text("two\n")));
    opened.get(1).fail(Fault.NO_SPACE);
    assertThatThrownBy(() -> archive.append(List.of(text("three\n"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left");

    archive.prepare();

    assertThat(contents()).containsExactlyInAnyOrder("one\n", "two\n");
  }

  private List<String> contents() throws IOException {
    List<String> contents = new ArrayList<>();
    for (Path file : Archives.files(root)) {
      contents.add(Files.readString(file));
    }
    return contents;
  }

  private static ByteSlice text(String text) {
    return ByteSlice.utf8(text);
  }
}
