package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequenceSetTest {

  @Test
  void add_countsWhatIsNew_andMovesTheFrontier() {
    SequenceSet set = new SequenceSet(10);
    assertThat(set.add(0, 5)).isZero();
    assertThat(set.add(20, 30)).isEqualTo(10);
    assertThat(set.add(15, 25)).isEqualTo(5);
    assertThat(set.frontier()).isEqualTo(10);
    assertThat(set.rangeCount()).isEqualTo(1);
    assertThat(set.add(5, 15)).isEqualTo(5);
    assertThat(set.frontier()).isEqualTo(30);
    assertThat(set.beyond()).isZero();
  }

  @Test
  void behavesAsASetOfBits() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      SequenceSet set = new SequenceSet(0);
      BitSet bits = new BitSet();
      for (int i = 0; i < 60; i++) {
        int from = random.nextInt(300);
        int to = from + random.nextInt(20);
        int before = bits.cardinality();
        bits.set(from, to);
        assertThat(set.add(from, to)).isEqualTo(bits.cardinality() - before);
        assertThat(set.frontier()).isEqualTo(bits.nextClearBit(0));
        int probe = random.nextInt(320);
        assertThat(set.firstAbsent(probe)).isEqualTo(bits.nextClearBit(probe));
        assertThat(set.frontier() + set.beyond()).isEqualTo(bits.cardinality());
        assertThat(set.absentCount(probe, probe + 50))
            .isEqualTo(50 - bits.get(probe, probe + 50).cardinality());
        SequenceSet part = set.between(probe, probe + 50);
        assertThat(part.frontier() + part.beyond() - probe)
            .isEqualTo(bits.get(probe, probe + 50).cardinality());
        assertThat(part.firstAbsent(probe))
            .isEqualTo(Math.min(bits.nextClearBit(probe), probe + 50));
      }
    }
  }
}
