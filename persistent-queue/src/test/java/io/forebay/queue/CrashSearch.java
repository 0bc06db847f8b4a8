package io.forebay.queue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Opens a queue on every image in which a power cut can leave the disk of a run, after each of its
 * operations, and checks it. Some of the queues go on and lose the power again, at every point of
 * their opening and of what they did then. Safe for concurrent use.
 *
 * <p>A state is an image together with what must hold of it; one that came up before is left out.
 * States that are told and asserted are counted by images alone: two count as one when they have
 * the same files with the same bytes, whenever and in whatever run they came up.
 */
final class CrashSearch {

  /** How thorough a search is. */
  enum Effort {
    QUICK(40, 100, 6),
    SOME(300, 60, 12),
    EVERYTHING(8192, 60, 24);

    /** Of each point; where there are more combinations some are drawn. */
    final int images;

    /** Of so many states one goes on and loses the power again. */
    final int deeperEvery;

    /** Of each point of that second life. */
    final int deeperImages;

    Effort(int images, int deeperEvery, int deeperImages) {
      this.images = images;
      this.deeperEvery = deeperEvery;
      this.deeperImages = deeperImages;
    }
  }

  private final DistinctLongs images = new DistinctLongs();
  private final DistinctLongs states = new DistinctLongs();
  private final AtomicLong points = new AtomicLong();
  private final AtomicLong exhaustedPoints = new AtomicLong();
  private final AtomicLong second = new AtomicLong();
  private final AtomicLong cpuNanos = new AtomicLong();

  /** Distinct images that were opened. */
  int images() {
    return images.size();
  }

  /** Distinct images, each with what had to hold of it. */
  int states() {
    return states.size();
  }

  /** Operations after which the power went. */
  long points() {
    return points.get();
  }

  /** Those of them of which no image was left out. */
  long exhaustedPoints() {
    return exhaustedPoints.get();
  }

  /** How many of the states came of a power cut in a second life. */
  long second() {
    return second.get();
  }

  /** A script, the seed of what it draws, and how thoroughly it is searched. */
  record Task(CrashScript script, long seed, Effort effort) {

    /** What a replay needs to find it. */
    String path() {
      return effort + ":" + script.name() + ":" + seed;
    }
  }

  /**
   * Explores all of them on some threads.
   *
   * @throws CrashFound the first state in which an invariant does not hold
   */
  void explore(List<Task> tasks, int threads) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (Task task : tasks) {
        futures.add(
            pool.submit(
                () -> {
                  ThreadMXBean clock = ManagementFactory.getThreadMXBean();
                  long before = clock.getCurrentThreadCpuTime();
                  explore(task, RecordingDisk.Flaw.NONE);
                  cpuNanos.addAndGet(clock.getCurrentThreadCpuTime() - before);
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d distinct crash images (%,d with what had to hold of them), %,d of them of a second"
            + " crash; %,d crash points, %,d of them with every image; %.0f s of CPU",
        images(),
        states(),
        second(),
        points(),
        exhaustedPoints(),
        cpuNanos.get() / 1e9);
  }

  /**
   * Runs the script and then loses the power at every point of it.
   *
   * @throws CrashFound the first state in which an invariant does not hold
   */
  void explore(Task task, RecordingDisk.Flaw flaw) {
    CrashRun run = task.script().run(task.seed(), flaw);
    explore(task, run.recorded(), task.path(), task.seed(), true);
  }

  private void explore(Task task, CrashRun.Recorded run, String path, long seed, boolean first) {
    CrashImages disk = new CrashImages(run.base());
    int bound = first ? task.effort().images : task.effort().deeperImages;
    for (int point = 0; point <= run.log().size(); point++) {
      if (point > 0) {
        disk.apply(run.log().get(point - 1));
      }
      CrashKnowledge known = run.at(point);
      long knownHash = known.hash();
      long pointSeed = DiskImage.mix(seed + point);
      long count = Math.min(bound, disk.combinations());
      for (long number = 0; number < count; number++) {
        DiskImage image = disk.image(number, bound, pointSeed);
        if (states.add(image.hash() ^ knownHash)) {
          images.add(image.hash());
          boolean deeper =
              first
                  && Long.remainderUnsigned(
                          DiskImage.mix(pointSeed ^ number), task.effort().deeperEvery)
                      == 0;
          second.addAndGet(first ? 0 : 1);
          String at = path + ":" + point + ":" + number;
          CrashRun life = check(task.script(), image, known, at, deeper);
          if (deeper) {
            explore(task, life.recorded(), at, at.hashCode(), false);
          }
        }
      }
      points.incrementAndGet();
      exhaustedPoints.addAndGet(disk.combinations() <= bound ? 1 : 0);
    }
  }

  private static CrashRun check(
      CrashScript script, DiskImage image, CrashKnowledge known, String path, boolean goesOn) {
    CrashRun life = new CrashRun(script.setup(), image, known, goesOn, RecordingDisk.Flaw.NONE);
    try {
      life.open();
      life.appendsAndReads();
      if (goesOn) {
        secondLife(life);
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new CrashFound(path, image, e);
    }
    return life;
  }

  private static void secondLife(CrashRun life) throws IOException {
    life.append(300, 500, 20);
    life.append(900);
    life.work();
    life.acknowledgeEvery(2);
    life.advance(25);
    life.append(700, 700, 700);
    life.work();
    life.acknowledgeAll();
    life.advance(25);
    life.close();
  }

  /** Checks the one state that a failure named, by the path that it told. */
  static void replay(String failure) {
    String[] words = failure.split(":");
    long seed = Long.parseLong(words[2]);
    Effort effort = Effort.valueOf(words[0]);
    CrashScript script = CrashScripts.named(words[1], seed);
    CrashRun.Recorded run = script.run(seed, RecordingDisk.Flaw.NONE).recorded();
    String path = new Task(script, seed, effort).path();
    for (int i = 3; i < words.length; i += 2) {
      int point = Integer.parseInt(words[i]);
      long number = Long.parseLong(words[i + 1]);
      CrashImages disk = new CrashImages(run.base());
      run.log().subList(0, point).forEach(disk::apply);
      int bound = i == 3 ? effort.images : effort.deeperImages;
      DiskImage image = disk.image(number, bound, DiskImage.mix(seed + point));
      path += ":" + point + ":" + number;
      seed = path.hashCode();
      run = check(script, image, run.at(point), path, true).recorded();
    }
  }

  /** A state in which an invariant does not hold. */
  static final class CrashFound extends AssertionError {
    private static final long serialVersionUID = 1;

    CrashFound(String path, DiskImage image, Throwable cause) {
      super(
          "-Dforebay.crash=" + path + " fails: " + cause.getMessage() + "; files: " + image, cause);
    }
  }
}
