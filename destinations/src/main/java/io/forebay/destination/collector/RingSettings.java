package io.forebay.destination.collector;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.FsyncPolicy;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.core.config.Key;
import io.forebay.core.config.Validated;
import io.forebay.queue.Compression;
import io.forebay.queue.Overflow;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The {@code persistent_queue} block of a collector: as everywhere, with a ring's defaults. */
public record RingSettings(
    @Key(
            value =
                "Directory of the queue; created with mode 0700, locked against a second process.",
            required = true)
        Path path,
    @Key(value = "When data goes to disk.", defaultValue = "error") Mode mode,
    @Key(
            value = "Real bytes on disk at most, everything in the directory counted.",
            defaultValue = "500MB",
            min = 65536)
        DataSize maxByteSize,
    @Key(value = "Items per second while draining; 0 for no limit.", defaultValue = "0", min = 0)
        int drainRateLimit,
    @Key(
            value = "Always true: a receiver that knows events by number wants them in order.",
            defaultValue = "true")
        boolean strictOrdering,
    @Key(value = "What happens at max_byte_size.", defaultValue = "drop_oldest") Overflow overflow,
    @Key(value = "When bytes are forced to the device.", defaultValue = "always") FsyncPolicy fsync,
    @Key(value = "Time between syncs with fsync: interval.", defaultValue = "1s", min = 1)
        Duration fsyncInterval,
    @Key(value = "Records older than this are dropped and counted; no limit when missing.", min = 1)
        @Nullable Duration maxAge,
    @Key(value = "How frames are stored.", defaultValue = "none") Compression compression,
    @Key(
            value =
                "Size of a segment file, which is deleted whole; a larger item gets one of its own.",
            defaultValue = "64MiB",
            min = 4096,
            max = 1 << 30)
        DataSize segmentSize)
    implements Validated {

  @Override
  public void validate(Complaints complaints) {
    if (!strictOrdering) {
      complaints.report(
          "strict_ordering",
          "a collector takes events in the order of their numbers, and those out of order as"
              + " duplicates; remove the key or write strict_ordering: true");
    }
  }

  PersistentQueueSettings shared() {
    return new PersistentQueueSettings(
        path,
        mode,
        maxByteSize,
        drainRateLimit,
        strictOrdering,
        overflow,
        fsync,
        fsyncInterval,
        maxAge,
        compression,
        segmentSize);
  }
}
