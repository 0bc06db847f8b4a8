package io.forebay.destination;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.NodeListener;
import io.forebay.core.config.DestinationSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;

/** What a node gets from its surroundings, for tests. */
public final class Contexts {

  private Contexts() {}

  public static ComponentContext context() {
    return context(Clock.systemUTC());
  }

  public static ComponentContext context(Clock clock) {
    return new ComponentContext(
        "out", "tag", Path.of("/nonexistent"), clock, new Random(), NodeListener.NONE);
  }

  public static DestinationSettings settings(int workers, Duration timeout) {
    return new DestinationSettings(workers, 0, null, null, timeout, null, null, null, null, null);
  }
}
