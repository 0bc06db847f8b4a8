package io.forebay.agent.process;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryLockTest {

  @TempDir Path directory;

  @Test
  void aSecondAgentIsToldWhoHoldsTheDirectoryAndWhatToDo() throws IOException {
    try (DataDirectoryLock first = DataDirectoryLock.take(directory)) {
      assertThatThrownBy(() -> DataDirectoryLock.take(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("pid " + ProcessHandle.current().pid())
          .hasMessageContaining("--data-dir");
      assertThatCode(first::close).doesNotThrowAnyException();
    }
    DataDirectoryLock.take(directory).close();
  }
}
