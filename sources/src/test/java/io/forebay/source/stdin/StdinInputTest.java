package io.forebay.source.stdin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.config.DataSize;
import io.forebay.source.worker.Receiver;
import io.forebay.source.worker.RecordingListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.SignalType;

class StdinInputTest {

  private final RecordingListener listener = new RecordingListener();

  private StdinInput source(InputStream input) {
    return new StdinInput(
        new StdinInputConfig(DataSize.ofBytes(10)),
        new ComponentContext(
            "stdin", "test", Path.of("unused"), Clock.systemUTC(), new Random(1), listener),
        new InputPump(input));
  }

  @Test
  void reads_lines_and_completes_with_the_last_one_at_the_end() {
    Receiver received =
        Receiver.acknowledging(
            source(new ByteArrayInputStream("one\ntwo\nlonger than ten\nlast".getBytes(UTF_8)))
                .batches());
    await().until(() -> received.ended() == SignalType.ON_COMPLETE);
    assertThat(received.bodies()).containsExactly("one", "two", "longer tha", "last");
    assertThat(listener.events("line_cut")).isEqualTo(1);
  }

  @Test
  void what_comes_after_a_cancel_waits_for_the_next_subscription() throws IOException {
    Receiver second;
    try (PipedOutputStream writer = new PipedOutputStream()) {
      StdinInput source = source(new PipedInputStream(writer));
      Receiver first = Receiver.acknowledging(source.batches());
      writer.write("one\ntw".getBytes(UTF_8));
      writer.flush();
      await().untilAsserted(() -> assertThat(first.bodies()).containsExactly("one"));
      first.cancel();
      Receiver other = Receiver.acknowledging(source.batches());
      writer.write("o\n".getBytes(UTF_8));
      writer.flush();
      await().untilAsserted(() -> assertThat(other.bodies()).containsExactly("two"));
      second = other;
    }
    await().until(() -> second.ended() == SignalType.ON_COMPLETE);
  }

  @Test
  void reads_nothing_more_without_demand() throws IOException {
    int[] reads = {0};
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            reads[0]++;
            target[offset] = '\n';
            return 1;
          }
        };
    Receiver received = Receiver.of(source(endless).batches(), 3, b -> {});
    await().until(() -> received.batches().size() == 3);
    await().pollDelay(java.time.Duration.ofMillis(100)).until(() -> true);
    // One waits in the queue, one in the reader's hand.
    synchronized (endless) {
      assertThat(reads[0]).isLessThanOrEqualTo(5);
    }
    received.cancel();
  }

  @Test
  void a_failed_read_fails_the_flux() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }
        };
    Receiver received = Receiver.acknowledging(source(broken).batches());
    await().until(() -> received.ended() == SignalType.ON_ERROR);
    assertThat(received.failure()).hasMessageContaining("broken");
  }

  @Test
  void lines_that_are_not_acknowledged_are_told_as_dropped() {
    Receiver.of(
        source(new ByteArrayInputStream("a\nb\n".getBytes(UTF_8))).batches(),
        Long.MAX_VALUE,
        batch -> batch.acknowledgement().fail());
    await().until(() -> listener.dropped("unacknowledged") == 2);
  }
}
