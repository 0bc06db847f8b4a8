package io.forebay.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was told of each number in a run, and when: a time is the count of the operations before it.
 */
final class CrashLedger {

  private static final int NEVER = Integer.MAX_VALUE;

  /** What a number names that its owner gave to something that never came to the disk. */
  private static final int NO_RECORD = -1;

  private static final class Fate {
    final int id;
    final long millis;
    int told = NEVER;
    int durable = NEVER;
    int settled = NEVER;
    int settledForEver = NEVER;

    Fate(int id, long millis) {
      this.id = id;
      this.millis = millis;
    }
  }

  private record Told(int time, long number) {}

  private final CrashSetup setup;
  private final CrashKnowledge before;
  private final TreeMap<Long, Fate> fates = new TreeMap<>();
  private final List<Long> settledOrder = new ArrayList<>();
  private final List<Told> truncations = new ArrayList<>();
  private final List<Told> durableTruncations = new ArrayList<>();
  private final List<Told> reservations = new ArrayList<>();
  private final List<Long> millisAt = new ArrayList<>();
  private int settledForEver;
  private long extraDamage;

  CrashLedger(CrashSetup setup, CrashKnowledge before) {
    this.setup = setup;
    this.before = before;
  }

  /** The record that the number names; null when it was given to none yet. */
  @Nullable Integer record(long sequence) {
    Fate fate = fates.get(sequence);
    return fate == null ? before.record().apply(sequence) : Integer.valueOf(fate.id);
  }

  /** Whether this run saw the number's record. */
  boolean knows(long sequence) {
    return fates.containsKey(sequence);
  }

  /** Whether the number must not be given to a record any more. */
  boolean isUsed(long sequence) {
    return knows(sequence) || sequence < before.nextAtLeast();
  }

  /** A record was reported as stored, or read after an opening: from now on it is there. */
  void stored(long sequence, int id, int time, long millis) {
    Fate fate = new Fate(id, millis);
    fate.told = time;
    fate.durable = setup.always() ? time : NEVER;
    fates.put(sequence, fate);
  }

  /** Everything that is there is on the disk. */
  void allDurable(int time) {
    fates
        .values()
        .forEach(fate -> fate.durable = Math.min(fate.durable, Math.max(time, fate.told)));
  }

  /** The owner gave the number to something that never comes to the disk. */
  void leftOut(long sequence, int time) {
    Fate fate = new Fate(NO_RECORD, 0);
    fate.told = time;
    fates.put(sequence, fate);
    extraDamage++;
  }

  /** The record of this number was damaged on the disk. */
  void damaged(long sequence) {
    settled(sequence, -1);
    extraDamage++;
  }

  void reserved(long below, int time) {
    reservations.add(new Told(time, below));
  }

  void acknowledged(long from, long to, int time) {
    for (long sequence = from; sequence < to; sequence++) {
      settled(sequence, time);
    }
  }

  private void settled(long sequence, int time) {
    Fate fate = fates.get(sequence);
    if (fate == null) {
      fate = new Fate(NO_RECORD, 0); // of a run before
      fates.put(sequence, fate);
    }
    if (fate.settled == NEVER) {
      fate.settled = time;
      settledOrder.add(sequence);
    }
  }

  void truncated(long below, int time) {
    if (truncations.isEmpty() || truncations.get(truncations.size() - 1).number() < below) {
      truncations.add(new Told(time, below));
    }
  }

  int settledCount() {
    return settledOrder.size();
  }

  /** A state that was written when so many were settled has been synced. */
  void stateSynced(int settledThen, long truncatedThen, int time) {
    for (; settledForEver < settledThen; settledForEver++) {
      Fate fate = fates.get(settledOrder.get(settledForEver));
      if (fate != null) {
        fate.settledForEver = time;
      }
    }
    durableTruncations.add(new Told(time, truncatedThen));
  }

  void operation(long millis) {
    millisAt.add(millis);
  }

  private static long latest(List<Told> told, int before, long otherwise) {
    long latest = otherwise;
    for (Told each : told) {
      if (each.time() < before) {
        latest = each.number();
      }
    }
    return latest;
  }

  /** What must hold when the power goes after so many operations. */
  CrashKnowledge at(int time, int loose, RecordContents contents) {
    long millis = time == 0 ? before.millis() : millisAt.get(time - 1);
    // What happened since the last operation may have happened or not: the disk is the same. So
    // all that was promised counts, and nothing that was let go.
    long goneBelow = latest(truncations, time, 0);
    TreeSet<Long> must = new TreeSet<>();
    TreeSet<Long> settled = new TreeSet<>();
    for (long sequence : before.must()) {
      if (sequence >= goneBelow) {
        must.add(sequence);
      }
    }
    for (long sequence : before.settled()) {
      settled.add(sequence);
    }
    long next = Math.max(before.nextAtLeast(), latest(reservations, time + 1, 0));
    for (Map.Entry<Long, Fate> entry : fates.entrySet()) {
      long sequence = entry.getKey();
      Fate fate = entry.getValue();
      if (fate.settled < time || sequence < goneBelow || expired(fate, millis)) {
        must.remove(sequence);
      } else if (fate.durable <= time && fate.id != NO_RECORD) {
        must.add(sequence);
      }
      if (fate.settledForEver <= time) {
        settled.add(sequence);
      }
      if (fate.told <= time) {
        next = Math.max(next, sequence + 1);
      }
    }
    return new CrashKnowledge(
        must.stream().mapToLong(Long::longValue).toArray(),
        settled.stream().mapToLong(Long::longValue).toArray(),
        next,
        latest(durableTruncations, time + 1, before.truncatedBelow()),
        before.damageAllowed() + extraDamage + loose,
        millis,
        this::record,
        contents);
  }

  private boolean expired(Fate fate, long millis) {
    return setup.maxAge() != null && fate.millis + setup.maxAge().toMillis() < millis + 10_000;
  }
}
