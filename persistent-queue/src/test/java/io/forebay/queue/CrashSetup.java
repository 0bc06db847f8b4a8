package io.forebay.queue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the queue of a run is opened, whatever its clock and listener. */
record CrashSetup(
    long maxBytes,
    int segmentBytes,
    Overflow overflow,
    SyncPolicy policy,
    Compression compression,
    @Nullable Duration maxAge) {

  static final CrashSetup USUAL =
      new CrashSetup(
          QueueOptions.MIN_MAX_BYTES,
          QueueOptions.MIN_SEGMENT_BYTES,
          Overflow.DROP_NEWEST,
          new SyncPolicy.Always(),
          Compression.NONE,
          null);

  CrashSetup with(Overflow other) {
    return new CrashSetup(maxBytes, segmentBytes, other, policy, compression, maxAge);
  }

  CrashSetup with(SyncPolicy other) {
    return new CrashSetup(maxBytes, segmentBytes, overflow, other, compression, maxAge);
  }

  CrashSetup with(Compression other) {
    return new CrashSetup(maxBytes, segmentBytes, overflow, policy, other, maxAge);
  }

  CrashSetup expiringAfter(Duration age) {
    return new CrashSetup(maxBytes, segmentBytes, overflow, policy, compression, age);
  }

  boolean always() {
    return policy instanceof SyncPolicy.Always;
  }

  QueueOptions options(Clock clock, QueueListener listener) {
    return new QueueOptions(
        Path.of("memory"),
        maxBytes,
        segmentBytes,
        overflow,
        policy,
        compression,
        maxAge,
        clock,
        listener);
  }
}
