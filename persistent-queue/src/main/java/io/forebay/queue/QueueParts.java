package io.forebay.queue;

import java.time.Duration;

/** The parts of a queue that share its work, made and tied together. */
record QueueParts(
    QueueReader reader,
    SegmentWriter segments,
    Checkpointer checkpointer,
    Committer committer,
    DirectoryGuard guard,
    DiskHealth health,
    IntervalSync intervalSync,
    Upkeep upkeep) {

  static QueueParts of(
      QueueOptions options,
      Storage storage,
      WriterLoop writer,
      Ledger ledger,
      Evidence evidence,
      Room room,
      Losses losses,
      StateFile stateFile,
      QueueListener listener,
      long resumedFrom,
      int segmentBytes,
      long epoch) {
    DiskHealth health = new DiskHealth(listener);
    DirectoryGuard guard = new DirectoryGuard(storage, ledger, stateFile, epoch);
    Duration maxAge = options.maxAge();
    long maxAgeMillis = maxAge == null ? Long.MAX_VALUE : maxAge.toMillis();
    QueueReader reader = new QueueReader(storage, ledger, losses, options.clock(), maxAgeMillis);
    Checkpointer checkpointer =
        new Checkpointer(storage, ledger, room, stateFile, guard, options.clock());
    boolean syncOnRoll = !(options.syncPolicy() instanceof SyncPolicy.Never);
    SegmentWriter segments =
        new SegmentWriter(
            storage, ledger, listener, health, guard, epoch, segmentBytes, syncOnRoll, resumedFrom);
    Committer committer =
        new Committer(
            options,
            segmentBytes,
            ledger,
            segments,
            checkpointer,
            evidence,
            room,
            losses,
            health,
            listener);
    return new QueueParts(
        reader,
        segments,
        checkpointer,
        committer,
        guard,
        health,
        new IntervalSync(options.syncPolicy(), writer, segments, health),
        new Upkeep(
            maxAge != null,
            reader,
            ledger,
            segments,
            checkpointer,
            new DiskProbe(storage, ledger, guard),
            health));
  }
}
