package io.forebay.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forebay.source.line.ChunkPool;
import io.forebay.source.net.ByteBudget;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GrowingBytesTest {

  private final ByteBudget budget = new ByteBudget(1_000_000);
  private final MemoryLease lease = new MemoryLease(budget);
  private final ChunkPool pool = GrowingBytes.usualBodies();

  @Test
  void leasesWhatItAllocatesAndNoMore() {
    GrowingBytes bytes = new GrowingBytes(200_000, 1_000_000, "max", lease, pool);
    assertThat(budget.usedBytes()).isZero();
    fill(bytes, 1);
    assertThat(budget.usedBytes()).isEqualTo(bytes.array().length).isLessThan(200_000);
    fill(bytes, 199_999);
    assertThat(bytes.array()).hasSize(200_000);
    assertThat(budget.usedBytes()).isEqualTo(200_000);
    lease.close();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void takesAnArrayThatWasUsedBeforeOnceTheBodyHasBegunToArrive() {
    byte[] used = pool.take();
    pool.give(used);
    GrowingBytes bytes = new GrowingBytes(100_000, 1_000_000, "max", lease, pool);
    fill(bytes, 1);
    bytes.array()[0] = 'x';
    assertThat(bytes.array()).isNotSameAs(used).hasSizeLessThan(20_000);
    fill(bytes, 40_000);

    assertThat(bytes.array()).isSameAs(used).startsWith((byte) 'x');
    assertThat(bytes.size()).isEqualTo(40_001);
    assertThat(budget.usedBytes()).isEqualTo(used.length);
    bytes.recycle();
    assertThat(pool.take()).isSameAs(used);
  }

  @Test
  void holdsToItsBoundInAnArrayThatIsLarger() {
    GrowingBytes bytes = new GrowingBytes(60_000, 60_000, "max", lease, pool);
    fill(bytes, 20_000);
    assertThat(bytes.reserve(1)).isEqualTo(40_000);
    fill(bytes, 40_000);
    assertThat(catchThrowableOfType(Refusal.class, () -> bytes.reserve(1)).status().code())
        .isEqualTo(413);
  }

  @Test
  void refusesMoreThanItsBound() {
    GrowingBytes bytes = new GrowingBytes(Long.MAX_VALUE, 10, "max_it", lease, pool);
    fill(bytes, 10);
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> bytes.reserve(1));
    assertThat(refusal.status().code()).isEqualTo(413);
    assertThat(refusal).hasMessageContaining("max_it");
  }

  @Test
  void usesWhatMemoryIsLeftInFewSteps() {
    budget.take(100_000);
    GrowingBytes bytes = new GrowingBytes(Long.MAX_VALUE, 10_000_000, "max", lease, pool);
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
