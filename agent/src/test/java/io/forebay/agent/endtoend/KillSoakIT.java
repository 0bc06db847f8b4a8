package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.endtoend.KillCampaign.Found;
import io.forebay.agent.endtoend.KillCampaign.Setup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * SIGKILL, for real: running agents under load, all modes, strict or not, a source that replays and
 * a client that retries, are killed 204 times at random moments, and after each kill nothing that
 * was called safe may be missing. {@code -Dforebay.soak.kills=N} kills so many times in all.
 */
@Execution(ExecutionMode.CONCURRENT)
class KillSoakIT {

  private static final int KILLS = Integer.getInteger("forebay.soak.kills", 204);

  private final long seed = Long.getLong("forebay.seed", System.nanoTime());

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  @Test
  void killedAtRandomMoments_nothingThatWasCalledSafeIsMissing() throws Exception {
    List<Setup> setups = new ArrayList<>();
    for (String mode : List.of("error", "backpressure", "always")) {
      for (boolean strict : new boolean[] {false, true}) {
        setups.add(new Setup(mode, strict, "file"));
        setups.add(new Setup(mode, strict, "http"));
      }
    }
    int killsOfEach = (KILLS + setups.size() - 1) / setups.size();
    AgentProcess.prepare();
    // An agent waits for disks and sockets half of the time, and its start is one thread's work.
    ExecutorService lanes = Executors.newFixedThreadPool(2);
    Found all = Found.NOTHING;
    try {
      List<Future<Found>> running = new ArrayList<>();
      for (Setup setup : setups) {
        running.add(lanes.submit(() -> campaign(setup, killsOfEach)));
      }
      for (Future<Found> campaign : running) {
        all = all.plus(campaign.get());
      }
    } finally {
      lanes.shutdownNow();
    }
    System.out.println("kill soak, seed " + seed + ": " + all);
    assertThat(all.kills()).isGreaterThanOrEqualTo(KILLS);
    assertThat(all.atWork()).as("kills of an agent that delivered").isGreaterThan(KILLS / 4);
    assertThat(all.lines()).as("lines under way").isGreaterThan(100 * all.kills());
    assertThat(all.heldOnDisk()).as("lines that only the disk held after a kill").isPositive();
  }

  private Found campaign(Setup setup, int kills) {
    Path home = directory.resolve(setup.mode() + setup.strict() + setup.source());
    Random random = new Random(seed + home.getFileName().hashCode());
    try {
      return new KillCampaign(setup, home, random).run(kills);
    } catch (AssertionError | Exception e) {
      throw new AssertionError("seed " + seed + ", " + setup + "; log: " + home + "/agent.log", e);
    }
  }
}
