package io.forebay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/**
 * The power goes after every operation of some short runs, with a few of the images that it can
 * leave; {@link CrashPointsIT} takes all of them. And the search is shown disks and orders of
 * writing that are wrong.
 *
 * <p>{@code -Dforebay.crash=PATH} replays the state that a failure named.
 */
class CrashPointsTest {

  private static final int DRAWN_RUNS = 15;

  @Test
  void everyCrashPoint_ofShortRuns() {
    String failure = System.getProperty("forebay.crash");
    if (failure != null) {
      CrashSearch.replay(failure);
      return;
    }
    CrashSearch search = new CrashSearch();
    search.explore(CrashScripts.quick(DRAWN_RUNS), 2);
    assertThat(search.images()).as("%s", search).isGreaterThan(10_000);
  }

  private static void isCaught(
      RecordingDisk.Flaw flaw, String script, int withinStates, String... told) {
    CrashSearch search = new CrashSearch();
    CrashSearch.Task task =
        new CrashSearch.Task(CrashScripts.named(script, 1), 1, CrashSearch.Effort.QUICK);
    assertThatThrownBy(() -> search.explore(task, flaw))
        .isInstanceOf(CrashSearch.CrashFound.class)
        .message()
        .containsAnyOf(told);
    assertThat(search.states()).isLessThanOrEqualTo(withinStates);
  }

  @Test
  void aQueueThatDoesNotSync_isCaught() {
    isCaught(RecordingDisk.Flaw.SYNC_DOES_NOTHING, "first", 1000, "a durable record is gone");
  }

  @Test
  void aQueueThatDoesNotSyncItsDirectory_isCaught() {
    isCaught(
        RecordingDisk.Flaw.DIRECTORY_SYNC_DOES_NOTHING,
        "first",
        1000,
        "a durable record is gone",
        "records told as damaged");
  }

  @Test
  void aQueueThatDeletesBeforeItsCheckpoint_isCaught() {
    isCaught(
        RecordingDisk.Flaw.DELETES_BEFORE_CHECKPOINT, "segments", 2000, "records told as damaged");
  }

  @Test
  void aQueueThatWritesItsStateInPlace_isCaught() {
    isCaught(
        RecordingDisk.Flaw.ONE_STATE_SLOT,
        "ranges",
        2000,
        "a settled record came again",
        "numbers come again");
  }

  @Test
  void aQueueThatTakesRoomAsFreeBeforeADeletionIsDurable_isCaught() {
    isCaught(RecordingDisk.Flaw.DELETES_ARE_NOT_SYNCED, "ring", 5000, "too many bytes");
  }
}
