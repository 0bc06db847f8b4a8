package io.forebay.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What queues do while the power goes. The first eleven are short; the last is drawn by a seed. */
final class CrashScripts {

  private static final CrashSetup USUAL = CrashSetup.USUAL;
  private static final CrashSetup RING = USUAL.with(Overflow.DROP_OLDEST);
  private static final CrashSetup INTERVAL =
      USUAL.with(new SyncPolicy.Interval(Duration.ofMillis(200)));

  /** Another file in the directory, so that few segments fill the queue. */
  private static final DiskImage LITTLE_ROOM =
      DiskImage.EMPTY.with("stranger.txt", new byte[37_000]);

  private CrashScripts() {}

  static List<CrashScript> all() {
    return List.of(
        script("first", USUAL, DiskImage.EMPTY, CrashScripts::first),
        script("segments", USUAL, DiskImage.EMPTY, CrashScripts::segments),
        script("ranges", USUAL, DiskImage.EMPTY, CrashScripts::ranges),
        script("ring", RING, LITTLE_ROOM, CrashScripts::ring),
        script("full", USUAL.with(Overflow.BLOCK), LITTLE_ROOM, CrashScripts::full),
        script("numbers", USUAL, DiskImage.EMPTY, CrashScripts::numbers),
        damaged(),
        script("faults", RING, LITTLE_ROOM, CrashScripts::faults),
        script("interval", INTERVAL, DiskImage.EMPTY, CrashScripts::segments),
        script("never", RING.with(new SyncPolicy.Never()), LITTLE_ROOM, CrashScripts::ring),
        script("large", USUAL.with(Compression.ZSTD), DiskImage.EMPTY, CrashScripts::large),
        script(
            "expiry",
            USUAL.expiringAfter(Duration.ofSeconds(60)),
            DiskImage.EMPTY,
            CrashScripts::expiry));
  }

  /** Of so many runs nearly every state, and some of many more. */
  static List<CrashSearch.Task> thorough(int drawn) {
    List<CrashSearch.Task> tasks = new ArrayList<>();
    for (CrashScript script : all()) {
      // Where nothing is synced at once, the images of a point are too many for any search.
      CrashSearch.Effort effort =
          script.setup().always() ? CrashSearch.Effort.EVERYTHING : CrashSearch.Effort.SOME;
      tasks.add(new CrashSearch.Task(script, 1, effort));
    }
    for (long seed = 1; seed <= drawn; seed++) {
      tasks.add(new CrashSearch.Task(drawn(seed), seed, CrashSearch.Effort.SOME));
    }
    return tasks;
  }

  /** A few states of as many runs. */
  static List<CrashSearch.Task> quick(int drawn) {
    List<CrashSearch.Task> tasks = new ArrayList<>();
    all().forEach(script -> tasks.add(quick(script, 1)));
    for (long seed = 1; seed <= drawn; seed++) {
      tasks.add(quick(drawn(seed), seed));
    }
    return tasks;
  }

  private static CrashSearch.Task quick(CrashScript script, long seed) {
    return new CrashSearch.Task(script, seed, CrashSearch.Effort.QUICK);
  }

  /** One of many: its seed decides how the queue is opened and what it does. */
  static CrashScript drawn(long seed) {
    Random random = new Random(~seed);
    CrashSetup setup =
        new CrashSetup(
            QueueOptions.MIN_MAX_BYTES,
            QueueOptions.MIN_SEGMENT_BYTES + 512 * random.nextInt(6),
            Overflow.values()[random.nextInt(3)],
            random.nextInt(4) > 0
                ? new SyncPolicy.Always()
                : random.nextBoolean() ? INTERVAL.policy() : new SyncPolicy.Never(),
            random.nextInt(16) == 0 ? Compression.ZSTD : Compression.NONE,
            null);
    DiskImage base = random.nextInt(3) > 0 ? LITTLE_ROOM : DiskImage.EMPTY;
    return script("drawn", setup, base, CrashScripts::anything);
  }

  /** The script of a name that a failure told. */
  static CrashScript named(String name, long seed) {
    return name.equals("drawn")
        ? drawn(seed)
        : all().stream().filter(script -> script.name().equals(name)).findFirst().orElseThrow();
  }

  private static CrashScript script(
      String name, CrashSetup setup, DiskImage base, CrashScript.Body body) {
    return new CrashScript(name, setup, base, CrashKnowledge.NONE, body);
  }

  /** A directory is made, used and used again. */
  private static void first(CrashRun run, Random random) throws IOException {
    run.append(100);
    run.work();
    run.append(600, 20);
    run.append(900);
    run.work();
    Lease lease = run.lease(1);
    if (lease != null) {
      run.acknowledge(lease, 0, 1);
    }
    run.advance(25);
    run.append(1200, 300);
    run.work();
    run.close();
    run.reopen();
    run.append(300);
    run.work();
    run.close();
  }

  /** Segments fill, follow each other and go, the last of them when the queue rests. */
  private static void segments(CrashRun run, Random random) throws IOException {
    for (int round = 0; round < 5; round++) {
      run.append(700, 100, 1100);
      run.append(200);
      run.work();
      run.append(1500);
      run.work();
      if (round > 0) {
        run.lease(3);
        run.lease(3);
        run.acknowledgeAll();
        run.advance(25);
      }
    }
    while (run.lease(10) != null) {
      run.advance(1);
    }
    run.acknowledgeAll();
    run.advance(1000);
    run.advance(1000);
    run.advance(1000);
    run.append(50);
    run.work();
    run.close();
    run.reopen();
    run.append(1000);
    run.work();
  }

  /** Acknowledgements out of order: more ranges than the state file has room for. */
  private static void ranges(CrashRun run, Random random) throws IOException {
    for (int i = 0; i < 4; i++) {
      int[] lengths = new int[300];
      Arrays.fill(lengths, 5 + i);
      run.append(lengths);
      run.work();
    }
    while (run.lease(200) != null) {
      run.advance(1);
    }
    run.acknowledgeEvery(5);
    run.advance(25);
    run.acknowledgeEvery(4);
    run.advance(25);
    run.append(900);
    run.work();
    run.acknowledgeEvery(3);
    run.advance(25);
    run.acknowledgeEvery(2);
    run.advance(25);
    run.acknowledgeAll();
    run.advance(25);
    run.append(900);
    run.work();
    run.close();
  }

  /** The oldest segments make room, also while their records are leased. */
  private static void ring(CrashRun run, Random random) throws IOException {
    for (int round = 0; round < 14; round++) {
      run.append(800, 400, 30);
      run.append(1300);
      run.work();
      if (round % 3 == 1) {
        run.lease(2);
      }
      if (round % 4 == 2) {
        run.acknowledgeEvery(2);
        run.advance(25);
      }
      if (round == 8) {
        run.acknowledgeAll();
        run.advance(25);
      }
      if (round == 10) {
        run.releaseAll();
        run.advance(25);
      }
    }
    run.close();
  }

  /** Appends wait until acknowledgements make room. */
  private static void full(CrashRun run, Random random) throws IOException {
    for (int round = 0; round < 14; round++) {
      run.append(900, 500);
      run.append(1100);
      run.work();
      if (round > 7) {
        run.lease(4);
        run.lease(4);
        run.lease(4);
        run.acknowledgeAll();
        run.advance(25);
      }
    }
    run.close();
  }

  /** The owner numbers, leaves numbers out, and reserves them. */
  private static void numbers(CrashRun run, Random random) throws IOException {
    long next = 5;
    run.reserve(40);
    for (int round = 0; round < 8; round++) {
      if (round == 4) {
        run.reserve(90);
      }
      run.appendAt(next, 400, 600);
      next += 2;
      run.work();
      run.appendAt(next, 800);
      next++;
      run.work();
      for (int i = round % 3; i > 0; i--) {
        run.leaveOut(next++);
      }
      if (round % 3 == 2) {
        run.lease(4);
        run.acknowledgeAll();
        run.advance(25);
      }
    }
    run.endReservation(next);
    run.close();
    run.reopen();
    run.appendAt(run.next(), 500);
    run.work();
  }

  /** The disk fails now and then. */
  private static void faults(CrashRun run, Random random) throws IOException {
    for (int round = 0; round < 16; round++) {
      switch (round % 8) {
        case 1 -> run.failOperation(1);
        case 3 -> run.failOperation(2);
        case 4 -> run.failSyncs(true);
        case 6 -> run.failOperation(3);
        default -> run.failSyncs(false);
      }
      run.append(700, 300);
      run.append(1200);
      run.work();
      run.lease(3);
      if (round % 4 == 3) {
        run.acknowledgeAll();
      }
      run.advance(25);
    }
    run.failSyncs(false);
    run.advance(1000);
    run.append(100);
    run.work();
    run.close();
  }

  /** Records larger than a segment, compressed ones, and one of every other kind. */
  private static void large(CrashRun run, Random random) throws IOException {
    run.append(1000, 1000);
    run.work();
    run.append(5200);
    run.work();
    run.append(10, 3000);
    run.append(4400, 2000);
    run.work();
    run.lease(1);
    run.lease(1);
    run.lease(1);
    run.acknowledgeAll();
    run.advance(25);
    run.append(100);
    run.work();
    run.close();
  }

  private static void expiry(CrashRun run, Random random) throws IOException {
    for (int round = 0; round < 6; round++) {
      run.append(900, 900);
      run.append(600);
      run.work();
      run.lease(1);
      run.advance(25_000);
      run.advance(25);
    }
    run.releaseAll();
    run.advance(100_000);
    run.append(300);
    run.work();
  }

  /** Damaged frames are found, and their bytes kept until their room is needed. */
  private static CrashScript damaged() {
    CrashRun prepared =
        new CrashRun(RING, LITTLE_ROOM, CrashKnowledge.NONE, false, RecordingDisk.Flaw.NONE);
    try {
      prepared.open();
      for (int i = 0; i < 12; i++) {
        prepared.append(900, 100);
        prepared.work();
      }
      prepared.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DiskImage image = prepared.disk().image();
    for (String name : List.copyOf(image.files().keySet())) {
      long first = SegmentHeader.firstSequence(name);
      if (first >= 0 && first < 18) {
        byte[] bytes = image.files().get(name).bytes.clone();
        bytes[SegmentHeader.BYTES + FrameHeader.BYTES + 500] ^= 0x20;
        image = image.with(name, bytes);
        prepared.ledger().damaged(first);
        prepared.ledger().damaged(first + 1);
      }
    }
    return new CrashScript(
        "damaged",
        RING,
        image,
        prepared.recorded().at(0),
        (run, random) -> {
          run.advance(25);
          run.lease(4);
          run.lease(4);
          run.acknowledgeAll();
          run.advance(25);
          for (int i = 0; i < 9; i++) {
            run.append(1500, 700);
            run.work();
          }
          run.lease(4);
          run.acknowledgeAll();
          run.advance(25);
          run.close();
        });
  }

  private static void anything(CrashRun run, Random random) throws IOException {
    int steps = 12 + random.nextInt(24);
    for (int i = 0; i < steps; i++) {
      int dice = random.nextInt(100);
      if (dice < 50) {
        for (int n = random.nextInt(3); n >= 0; n--) {
          int[] lengths = new int[1 + random.nextInt(4)];
          for (int r = 0; r < lengths.length; r++) {
            lengths[r] = random.nextInt(random.nextInt(12) == 0 ? 5000 : 800);
          }
          run.append(lengths);
        }
        run.work();
      } else if (dice < 65) {
        run.lease(1 + random.nextInt(6));
      } else if (dice < 75) {
        run.acknowledgeEvery(1 + random.nextInt(3));
        run.advance(random.nextInt(30));
      } else if (dice < 82) {
        run.acknowledgeAll();
        run.advance(25);
      } else if (dice < 85) {
        run.releaseAll();
      } else if (dice < 88) {
        run.advance(random.nextBoolean() ? 250 : 1000);
      } else if (dice < 92) {
        run.failOperation(1 + random.nextInt(6));
      } else if (dice < 94) {
        run.failSyncs(random.nextBoolean());
      } else if (dice < 97) {
        run.close();
        run.reopen();
      } else {
        run.advance(25);
      }
    }
    if (random.nextBoolean()) {
      run.close();
    }
  }
}
