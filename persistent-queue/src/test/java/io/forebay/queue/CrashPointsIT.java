package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The power goes after every operation of many runs, with a million images that it can leave.
 *
 * <p>{@code -Dforebay.crash.drawn=N} draws more runs; {@link CrashPointsTest} replays a failure.
 */
class CrashPointsIT {

  private static final int DRAWN_RUNS = Integer.getInteger("forebay.crash.drawn", 110);

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void aMillionCrashStates_keepEveryInvariant() {
    CrashSearch search = new CrashSearch();
    search.explore(CrashScripts.thorough(DRAWN_RUNS), 2);
    System.out.println(search);
    assertThat(search.images()).as("%s", search).isGreaterThanOrEqualTo(1_000_000);
  }
}
