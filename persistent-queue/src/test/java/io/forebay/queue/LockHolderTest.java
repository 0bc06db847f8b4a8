package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another process's hold on a queue is seen, and not disturbed. */
@Timeout(60)
class LockHolderTest {

  /** Opens a queue, says so, and holds it until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (PersistentQueue queue = PersistentQueue.open(QueueOptions.of(Path.of(args[0])))) {
        System.out.println(queue.statistics().records());
        System.out.flush();
        while (System.in.read() >= 0) {
          // Nothing is said.
        }
      }
    }
  }

  @Test
  void otherProcess_isNamed_andKeepsItsLock(@TempDir Path directory) throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('0');
      QueueInspector inspector = new QueueInspector(directory);

      assertThat(inspector.holder()).hasValue(holder.pid());
      assertThat(inspector.holder()).hasValue(holder.pid());
      assertThatThrownBy(() -> QueuePurge.purge(directory))
          .isInstanceOf(QueueLockedException.class)
          .hasMessageContaining("process " + holder.pid());

      holder.getOutputStream().close();
      assertThat(holder.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(inspector.holder()).isEmpty();
    } finally {
      holder.destroyForcibly();
    }
  }
}
