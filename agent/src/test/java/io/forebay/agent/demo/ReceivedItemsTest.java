package io.forebay.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReceivedItemsTest {

  private final ReceivedItems received = new ReceivedItems();

  @Test
  void eachNumberOnce_isOrderly() {
    receive("a SEQ=0000000001", "a SEQ=0000000002", "a SEQ=0000000003");

    assertThat(received.totals()).isEqualTo(new ReceivedItems.Totals(3, 3, 0, 0, 0));
  }

  @Test
  void repetitions_areDuplicates() {
    receive("a SEQ=0000000001", "a SEQ=0000000002");
    receive("a SEQ=0000000001", "a SEQ=0000000002");

    assertThat(received.totals()).isEqualTo(new ReceivedItems.Totals(4, 2, 2, 0, 0));
  }

  @Test
  void lateNumbers_areOutOfOrder_andMissingOnesGaps() {
    receive("a SEQ=0000000001", "a SEQ=0000000005", "a SEQ=0000000003");

    assertThat(received.totals()).isEqualTo(new ReceivedItems.Totals(3, 3, 0, 1, 2));
  }

  @Test
  void streams_areCountedApart() {
    receive(NumberedLog.MARK + "SEQ=0000000001", "a SEQ=0000000001", "no number");

    assertThat(received.totals()).isEqualTo(new ReceivedItems.Totals(3, 3, 0, 0, 0));
  }

  private void receive(String... bodies) {
    StringBuilder lines = new StringBuilder();
    for (String body : bodies) {
      lines.append("{\"_type\":\"log\",\"timestamp\":1,\"body\":\"").append(body).append("\"}\n");
    }
    received.receive(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
