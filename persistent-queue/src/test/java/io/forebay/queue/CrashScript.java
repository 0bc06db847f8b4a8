package io.forebay.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;

/**
 * Something for a queue to do, so that the power can go at every point of it.
 *
 * @param base the disk before
 * @param before what is known of the disk before
 */
record CrashScript(
    String name, CrashSetup setup, DiskImage base, CrashKnowledge before, Body body) {

  /** What is done with a queue that is open. */
  interface Body {
    void run(CrashRun run, Random random) throws IOException;
  }

  /** Does it. */
  CrashRun run(long seed, RecordingDisk.Flaw flaw) {
    CrashRun run = new CrashRun(setup, base, before, true, flaw);
    try {
      run.open();
      run.releaseAll();
      body.run(run, new Random(seed));
    } catch (IOException e) {
      throw new UncheckedIOException(name + ":" + seed + " failed", e);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(name + ":" + seed + " failed: " + e.getMessage(), e);
    }
    return run;
  }
}
