package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check at the end of every test with an agent must itself fail when it should. */
class BooksTest {

  private static final String PAGE =
      """
      # HELP forebay_delivery_received_items_total Items
      forebay_delivery_received_items_total{node="out"} 10.0
      forebay_delivery_delivered_items_total{node="out"} 5.0
      forebay_delivery_dead_lettered_items_total{node="out"} 2.0
      forebay_delivery_dropped_items_total{node="out"} 1.0
      forebay_delivery_buffered_items{node="out"} 2.0
      forebay_node_unaccounted_items{node="out"} 0.0
      """;

  @Test
  void aPageThatAddsUp() {
    assertThat(Books.difference(PAGE)).isEmpty();
    assertThat(Books.difference("")).isEmpty();
  }

  @Test
  void aPageThatDoesNot() {
    assertThat(Books.difference(PAGE.replace("dropped_items_total{node=\"out\"} 1.0", "x 1")))
        .isEqualTo("out: 10.0 received, 9.0 accounted for; ");
    assertThat(Books.difference(PAGE.replace("} 0.0", "} 3.0")))
        .contains("forebay_node_unaccounted_items{node=\"out\"} 3.0");
  }

  @Test
  void aLogThatTellsOfIt(@TempDir Path directory) throws IOException {
    Path log = directory.resolve("agent.log");
    Books.assertNoneBroken(log);
    Files.writeString(log, "INFO ready\n");
    Books.assertNoneBroken(log);
    Files.writeString(log, "ERROR BooksCheck: out: the books do not balance: 3 items\n");

    assertThatThrownBy(() -> Books.assertNoneBroken(log)).isInstanceOf(AssertionError.class);
  }
}
