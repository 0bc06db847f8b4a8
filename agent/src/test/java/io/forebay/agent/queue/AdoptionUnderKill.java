package io.forebay.agent.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Adopts a queue in a process that dies, as by SIGKILL, before a step; for {@link AdoptionTest}.
 */
final class AdoptionUnderKill {

  static final int DIED = 9;

  private AdoptionUnderKill() {}

  /** Arguments: the first queue, the second, and how many steps are taken before the end. */
  public static void main(String[] args) throws IOException {
    AtomicInteger steps = new AtomicInteger(Integer.parseInt(args[2]));
    new Adoption(
            QueueLocation.directory(Path.of(args[0])),
            QueueLocation.directory(Path.of(args[1])),
            (step, records) -> {
              if (steps.getAndDecrement() == 0) {
                Runtime.getRuntime().halt(DIED);
              }
            })
        .run();
  }
}
