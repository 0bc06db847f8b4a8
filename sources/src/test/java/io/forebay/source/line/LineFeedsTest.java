package io.forebay.source.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LineFeedsTest {

  @Test
  void findsTheFirstLikeALoopWould() {
    Random random = new Random(7);
    byte[] near = {'\n', 11, 9, 0, (byte) 0x8a, 'x', (byte) 0xff};
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = near[random.nextInt(random.nextBoolean() ? near.length : 4)];
      }
      int from = random.nextInt(bytes.length + 1);
      int to = from + random.nextInt(bytes.length - from + 1);
      assertThat(LineFeeds.indexOf(bytes, from, to)).isEqualTo(expected(bytes, from, to));
    }
  }

  private static int expected(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  @Test
  void refusesARangeOutsideTheArray() {
    assertThatThrownBy(() -> LineFeeds.indexOf(new byte[4], 0, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
