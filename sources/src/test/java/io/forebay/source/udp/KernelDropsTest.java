package io.forebay.source.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.NodeListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelDropsTest {

  /** As proc_net(5) has it. */
  private static final String TABLE =
      """
         sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
       1142: 0100007F:4C3A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 48211 2 0000000000000000 1234
       2291: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4821 2 0000000000000000 7
      """;

  @TempDir Path temp;

  @Test
  void readsTheDropsOfItsOwnSocket() throws IOException {
    Path table = Files.writeString(temp.resolve("udp"), TABLE);
    assertThat(KernelDrops.drops(table, "48211")).isEqualTo(1234);
    assertThat(KernelDrops.drops(table, "4821")).isEqualTo(7);
    assertThat(KernelDrops.drops(table, "1")).isZero();
    assertThat(KernelDrops.drops(temp.resolve("missing"), "4821")).isZero();
  }

  @Test
  void countsWhatIsNew() {
    List<String> dropped = new ArrayList<>();
    KernelDrops drops =
        new KernelDrops(
            new NodeListener() {
              @Override
              public void onDropped(String reason, long items, long bytes) {
                dropped.add(reason + " " + items);
              }
            });
    drops.count(0);
    drops.count(5);
    drops.count(5);
    drops.count(12);
    assertThat(dropped).containsExactly("receive_buffer_full 5", "receive_buffer_full 7");
  }
}
