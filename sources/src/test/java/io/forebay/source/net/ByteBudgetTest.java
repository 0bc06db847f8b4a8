package io.forebay.source.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {

  private final ByteBudget budget = new ByteBudget(100);

  @Test
  void takesWhatFitsAndNothingElse() {
    assertThat(budget.tryTake(60)).isTrue();
    assertThat(budget.tryTake(41)).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(60);
    assertThat(budget.tryTake(40)).isTrue();
    assertThat(budget.hasRoom()).isFalse();
    assertThat(budget.tryTake(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void runsAWaiterOnceThereIsRoom() {
    AtomicInteger runs = new AtomicInteger();
    budget.take(150);
    budget.whenRoom(runs::incrementAndGet);
    budget.release(50);
    assertThat(runs).hasValue(0);
    budget.release(1);
    budget.release(1);
    assertThat(runs).hasValue(1);
    budget.whenRoom(runs::incrementAndGet);
    assertThat(runs).hasValue(2);
  }
}
