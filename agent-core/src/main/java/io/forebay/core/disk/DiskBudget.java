package io.forebay.core.disk;

import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.disk.BudgetStatus.Cause;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.SpaceGrant;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One bound over the bytes on disk of many queues. Each has a share that is its own: a quarter of
 * the budget in equal parts, or its own bound where that is less. What lies beyond the shares goes
 * to whoever asks first. So the sum never passes the budget, and one queue cannot starve the
 * others.
 *
 * <p>Found bytes count even where they are more than the budget; then nothing is granted until
 * there is room again, and nothing is deleted. Safe from any thread; the lock is held for some
 * additions only, never while the disk works.
 */
public final class DiskBudget {

  /** Asked for beside what is needed, so that small appends ask once for many. */
  private static final long AHEAD_BYTES = 64 * 1024;

  /** Segments are no larger than this part of a share, so that a ring lets go of it in steps. */
  private static final int SEGMENTS_IN_SHARE = 8;

  /** It is well again once so much of the bound is free. */
  private static final int WELL_PART = 20;

  private final Object lock = new Object();
  private final long maxBytes;
  private final long minFreeBytes;
  private final long shareBytes;
  private final Function<Path, Volume> volumes;
  private final LongSupplier nanos;
  private final Map<Path, Share> shares = new LinkedHashMap<>();
  private long sharesBytes;
  private long orphanBytes;
  private long used;
  private long setAside;
  private final Refusals refusals;

  /**
   * @param settings null for no budget: then everything is granted
   * @param queues that share it
   */
  public DiskBudget(@Nullable DiskBudgetSettings settings, List<OwnedQueue> queues) {
    this(settings, queues, new Volumes()::of, System::nanoTime);
  }

  /**
   * @param volumes gives the file system of a directory; may block on the disk
   * @param nanos a clock that only goes forward
   */
  DiskBudget(
      @Nullable DiskBudgetSettings settings,
      List<OwnedQueue> queues,
      Function<Path, Volume> volumes,
      LongSupplier nanos) {
    this.volumes = volumes;
    this.nanos = nanos;
    this.refusals = new Refusals(nanos);
    if (settings == null) {
      maxBytes = Long.MAX_VALUE;
      minFreeBytes = 0;
      shareBytes = Long.MAX_VALUE;
      return;
    }
    maxBytes = settings.maxByteSize() == null ? Long.MAX_VALUE : settings.maxByteSize().bytes();
    minFreeBytes = settings.minFreeBytes().bytes();
    shareBytes = settings.shareBytes(queues.size());
    for (OwnedQueue queue : queues) {
      long own = maxBytes == Long.MAX_VALUE ? 0 : Math.min(shareBytes, queue.options().maxBytes());
      shares.put(queue.directory(), new Share(queue.directory(), own));
      sharesBytes += own;
    }
    setAside = sharesBytes;
  }

  /** Whether there is a budget at all. */
  public boolean isSet() {
    return maxBytes != Long.MAX_VALUE || minFreeBytes > 0;
  }

  /**
   * The options of a queue with its share of the budget. As they are where there is no budget, or
   * the queue is none of those that share it.
   */
  public QueueOptions share(QueueOptions options) {
    Share share = shares.get(options.directory().toAbsolutePath().normalize());
    return share == null ? options : options.withSpace(share, segmentBytes());
  }

  /** Size above which a segment would be too large a part of a share. */
  public int segmentBytes() {
    return (int) Math.min(Integer.MAX_VALUE, shareBytes / SEGMENTS_IN_SHARE);
  }

  /**
   * Counts what the queues have on disk. To be called before any of them is opened; blocks on the
   * disk.
   */
  public void measure() {
    for (Share share : shares.values()) {
      share.hold(DirectorySize.of(share.directory));
    }
    look();
  }

  /**
   * How much more a queue of those that share the budget can have now: what is left of its share,
   * and all that is set aside for nobody. As of the last look at its file system.
   */
  public BudgetRoom room(Path directory) {
    Share share = shares.get(directory.toAbsolutePath().normalize());
    if (share == null) {
      return BudgetRoom.UNLIMITED;
    }
    synchronized (lock) {
      return share.room();
    }
  }

  /** Counts what queues have on disk that nobody owns. */
  public void foundOrphans(long bytes) {
    synchronized (lock) {
      used += bytes - orphanBytes;
      orphanBytes = bytes;
    }
  }

  /** Looks how much is free; blocks on the disk. */
  void look() {
    if (minFreeBytes > 0) {
      shares.values().forEach(share -> share.look(false));
    }
  }

  /** How it stands; cheap. */
  public BudgetStatus status() {
    synchronized (lock) {
      long free = leastFree();
      Cause refused =
          refusals.spent(
              cause ->
                  cause == Cause.FREE_SPACE
                      ? free - minFreeBytes >= minFreeBytes / WELL_PART
                      : maxBytes - used - setAside >= maxBytes / WELL_PART);
      Cause spent = used > maxBytes ? refusals.foundTooLarge() : refused;
      return new BudgetStatus(maxBytes, used, setAside, minFreeBytes, free, spent);
    }
  }

  /** How it stood when the queue was last refused growth, some seconds ago at most; or null. */
  @Nullable BudgetStatus refusal(Path directory) {
    return refusals.of(directory);
  }

  private long leastFree() {
    long least = Long.MAX_VALUE;
    for (Share share : shares.values()) {
      Volume volume = share.volume;
      long free = volume == null ? Volume.UNKNOWN : volume.free();
      least = free == Volume.UNKNOWN ? least : Math.min(least, free);
    }
    return least == Long.MAX_VALUE ? Volume.UNKNOWN : least;
  }

  /** Of one queue. */
  private final class Share implements SpaceGrant {

    private final Path directory;
    private final long own;
    private volatile @Nullable Volume volume;

    /** Written by the thread that the queue calls from, under the lock. */
    private long held;

    private long unwritten;

    Share(Path directory, long own) {
      this.directory = directory;
      this.own = own;
    }

    @Override
    public boolean tryHold(long bytes) {
      if (bytes <= held) {
        return true;
      }
      look(false);
      Cause cause = grow(bytes);
      if (cause == Cause.FREE_SPACE) {
        look(true); // what was written since the last look was counted twice
        cause = grow(bytes);
      }
      if (cause != null) {
        refusals.refused(directory, cause, status().because(cause));
      }
      return cause == null;
    }

    void look(boolean again) {
      if (minFreeBytes > 0) {
        Volume known = volume;
        if (known == null) {
          known = volumes.apply(directory);
          volume = known;
        }
        known.look(lock, nanos.getAsLong(), again);
      }
    }

    /** Takes so much where nothing stands in the way. */
    private @Nullable Cause grow(long bytes) {
      synchronized (lock) {
        Cause cause = obstacle(bytes);
        if (cause == null) {
          boolean plenty = obstacle(bytes + AHEAD_BYTES * shares.size()) == null;
          take(plenty ? bytes + AHEAD_BYTES : bytes);
        }
        return cause;
      }
    }

    private @Nullable Cause obstacle(long bytes) {
      long more = bytes - held;
      long fromPool = more - (idle(held) - idle(bytes));
      if (more > maxBytes - used || (fromPool > 0 && fromPool > maxBytes - used - setAside)) {
        return Cause.BUDGET;
      }
      Volume known = volume;
      return known != null && more > known.free() - minFreeBytes ? Cause.FREE_SPACE : null;
    }

    BudgetRoom room() {
      long budget = Long.MAX_VALUE;
      if (maxBytes != Long.MAX_VALUE) {
        long pool = Math.max(0, maxBytes - used - setAside);
        budget = Math.max(0, Math.min(maxBytes - used, idle(held) + pool));
      }
      Volume known = volume;
      long free = known == null ? Volume.UNKNOWN : known.free();
      long disk =
          free == Volume.UNKNOWN || free == Long.MAX_VALUE
              ? Long.MAX_VALUE
              : Math.max(0, free - minFreeBytes);
      if (disk < budget) {
        return new BudgetRoom(disk, Cause.FREE_SPACE);
      }
      return budget == Long.MAX_VALUE ? BudgetRoom.UNLIMITED : new BudgetRoom(budget, Cause.BUDGET);
    }

    private void take(long bytes) {
      long more = bytes - held;
      setHeld(bytes);
      Volume known = volume;
      if (known != null) {
        known.grant(more);
        unwritten += more;
      }
    }

    private void setHeld(long bytes) {
      used += bytes - held;
      setAside += idle(bytes) - idle(held);
      held = bytes;
    }

    /** What of the share is not used by so many bytes. */
    private long idle(long bytes) {
      return Math.max(0, own - bytes);
    }

    @Override
    public void hold(long bytes) {
      synchronized (lock) {
        setHeld(bytes);
        Volume known = volume;
        if (known != null) {
          known.settle(unwritten);
          unwritten = 0;
        }
      }
    }

    @Override
    public long maxBytes() {
      return maxBytes - (sharesBytes - own);
    }
  }
}
