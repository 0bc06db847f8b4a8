package io.forebay.agent.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class VirtualTimeTest {

  private final VirtualTime time = new VirtualTime();

  @Test
  void tasks_runInTheOrderOfTheirTime() {
    List<String> ran = new ArrayList<>();
    time.schedule(() -> ran.add("late"), 2, TimeUnit.SECONDS);
    time.schedule(() -> ran.add("soon"), 1, TimeUnit.SECONDS);
    time.schedule(() -> ran.add("now"));
    Disposable cancelled = time.schedule(() -> ran.add("never"), 1, TimeUnit.SECONDS);
    cancelled.dispose();

    time.runUntil(TimeUnit.MILLISECONDS.toNanos(1_500));
    assertThat(ran).containsExactly("now", "soon");
    time.runUntil(TimeUnit.SECONDS.toNanos(2));
    assertThat(ran).containsExactly("now", "soon", "late");
    assertThat(time.now(TimeUnit.SECONDS)).isEqualTo(2);
  }

  /** A fast drain kept every batch until its request would have timed out: gigabytes. */
  @Test
  void taskThatWasCancelled_holdsNothing() {
    Object[] batch = {new Object()};
    WeakReference<Object> held = new WeakReference<>(batch[0]);
    answered(batch[0]);
    batch[0] = null;

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              System.gc();
              return held.get() == null;
            });
    assertThat(time.now(TimeUnit.SECONDS)).isZero(); // and uses what would hold it until here
  }

  private void answered(Object batch) {
    time.schedule(batch::hashCode, 30, TimeUnit.SECONDS).dispose();
    time.runUntil(0);
  }
}
