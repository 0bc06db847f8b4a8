package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoSpaceTest {

  private static final Path FULL_DEVICE = Path.of("/dev/full");
  private static final String ENGLISH = "no space left on device";

  /** In any language: the test does not know which one the system speaks here. */
  @Test
  void asksTheSystemForItsWords() {
    assumeTrue(Files.exists(FULL_DEVICE));
    IOException full =
        catchThrowableOfType(IOException.class, () -> Files.write(FULL_DEVICE, new byte[] {1}));
    assertThat(NoSpace.ask(FULL_DEVICE)).isEqualTo(full.getMessage());
    assertThat(NoSpace.isSaidBy(new IOException(full.getMessage()))).isTrue();
  }

  @Test
  void aDeviceThatIsMissing_orTakesWhatIsWritten_leavesTheEnglishWords(@TempDir Path directory)
      throws IOException {
    assertThat(NoSpace.ask(directory.resolve("missing"))).isEqualTo(ENGLISH);
    assertThat(NoSpace.ask(directory)).isEqualTo(ENGLISH);
    assertThat(NoSpace.ask(Files.createFile(directory.resolve("file")))).isEqualTo(ENGLISH);
  }

  @Test
  void otherFailures_areNone() {
    assertThat(NoSpace.isSaidBy(new IOException("Input/output error"))).isFalse();
    assertThat(NoSpace.isSaidBy(new IOException((String) null))).isFalse();
    assertThat(NoSpace.isSaidBy(new IllegalStateException(ENGLISH))).isFalse();
  }
}
