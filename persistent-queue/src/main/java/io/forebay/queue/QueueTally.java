package io.forebay.queue;

import java.util.List;

/** Adds up what a check finds. Not safe for concurrent use. */
final class QueueTally {

  private long frames;
  private long records;
  private long undelivered;
  private long payloadBytes;
  private long damages;
  private long damagedUndelivered;
  private boolean harmful;

  void add(StoredFrame frame) {
    frames++;
    records += frame.count();
    for (int i = 0; i < frame.count(); i++) {
      payloadBytes += frame.length(i);
      undelivered += frame.isSettled(i) ? 0 : 1;
    }
  }

  void add(Damage damage) {
    damages++;
    damagedUndelivered += damage.undelivered();
    // Damage to what was delivered or counted as lost before costs nothing any more.
    harmful |= damage.undelivered() > 0 || damage.fromSequence() == damage.toSequence();
  }

  QueueCheck result(List<Damage> listed, long tailBytes, long totalBytes, boolean stateSound) {
    return new QueueCheck(
        frames,
        records,
        undelivered,
        payloadBytes,
        totalBytes,
        damages,
        damagedUndelivered,
        listed,
        tailBytes,
        stateSound,
        stateSound && !harmful);
  }
}
