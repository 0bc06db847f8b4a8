package io.forebay.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.terminal.Style;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void allDelivered_addsUp() {
    assertThat(ledger(100, 100, 0, Map.of(), 100).addsUp()).isTrue();
  }

  @Test
  void restInTheQueue_addsUp() {
    assertThat(ledger(100, 60, 40, Map.of(), 60).addsUp()).isTrue();
  }

  @Test
  void receiverMayHaveMoreThanWasAnswered() {
    assertThat(ledger(100, 60, 40, Map.of(), 70).addsUp()).isTrue();
  }

  @Test
  void anItemThatNobodyHas_doesNotAddUp() {
    assertThat(ledger(100, 99, 0, Map.of(), 99).isConserved()).isFalse();
  }

  @Test
  void anItemCountedAsDeliveredThatTheReceiverLacks_doesNotAddUp() {
    assertThat(ledger(100, 100, 0, Map.of(), 99).isConfirmed()).isFalse();
  }

  @Test
  void drops_areNamed() {
    Ledger ledger = ledger(100, 90, 0, Map.of("overflow_newest", 10L), 90);

    assertThat(ledger.addsUp()).isTrue();
    assertThat(ledger.render(Style.PLAIN)).contains("dropped {overflow_newest}");
  }

  @Test
  void itemsThatNeverReachedTheDestination_doNotAddUp() {
    Ledger ledger =
        new Ledger(
            101, false, 100, 100, 0, 0, Map.of(), new ReceivedItems.Totals(100, 100, 0, 0, 0));

    assertThat(ledger.isConserved()).isTrue();
    assertThat(ledger.addsUp()).isFalse();
  }

  private static Ledger ledger(
      long received, long delivered, long buffered, Map<String, Long> dropped, long arrived) {
    return new Ledger(
        received,
        false,
        received,
        delivered,
        buffered,
        0,
        dropped,
        new ReceivedItems.Totals(arrived, arrived, 0, 0, 0));
  }
}
