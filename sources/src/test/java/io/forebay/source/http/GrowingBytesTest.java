package io.forebay.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forebay.source.net.ByteBudget;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GrowingBytesTest {

  private final ByteBudget budget = new ByteBudget(1_000_000);
  private final MemoryLease lease = new MemoryLease(budget);

  @Test
  void leasesWhatItAllocatesAndNoMore() {
    GrowingBytes bytes = new GrowingBytes(100_000, 1_000_000, "max", lease);
    assertThat(budget.usedBytes()).isZero();
    fill(bytes, 1);
    assertThat(budget.usedBytes()).isEqualTo(bytes.array().length).isLessThan(100_000);
    fill(bytes, 99_999);
    assertThat(bytes.array()).hasSize(100_000);
    assertThat(budget.usedBytes()).isEqualTo(100_000);
    lease.close();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void refusesMoreThanItsBound() {
    GrowingBytes bytes = new GrowingBytes(Long.MAX_VALUE, 10, "max_it", lease);
    fill(bytes, 10);
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> bytes.reserve(1));
    assertThat(refusal.status().code()).isEqualTo(413);
    assertThat(refusal).hasMessageContaining("max_it");
  }

  @Test
  void usesWhatMemoryIsLeftInFewSteps() {
    budget.take(100_000);
    GrowingBytes bytes = new GrowingBytes(Long.MAX_VALUE, 10_000_000, "max", lease);
    Set<byte[]> arrays = new HashSet<>();
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class,
            () -> {
              while (true) {
                fill(bytes, 1);
                arrays.add(bytes.array());
              }
            });
    assertThat(refusal.status().code()).isEqualTo(429);
    assertThat(bytes.size()).isGreaterThan(750_000);
    assertThat(arrays).hasSizeLessThan(30);
  }

  private static void fill(GrowingBytes bytes, int count) {
    bytes.reserve(count);
    bytes.advance(count);
  }
}
