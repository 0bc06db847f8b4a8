package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * A disk in memory that falls sick at a given operation, stays so until it is healed, and counts
 * the files that are left open. What was synced and what was not it keeps apart as {@link
 * CrashStorage} does. Safe for concurrent use.
 */
public final class SickDisk {

  /** What a sick disk does no more. */
  public enum Sickness {
    /** It has no room: files are neither made nor written, all else goes on. */
    FULL("No space left on device"),
    /** Nothing can be changed, as on one that became read-only or fails. */
    WRITES("Input/output error"),
    /** What was written cannot be made safe. */
    SYNCS("Input/output error"),
    /** Nothing can be read. */
    READS("Input/output error");

    private final String message;

    Sickness(String message) {
      this.message = message;
    }
  }

  private enum Operation {
    CREATE,
    WRITE,
    SYNC,
    SYNC_DIRECTORY,
    DELETE,
    READ
  }

  private final CrashStorage disk = new CrashStorage();
  private Sickness sickness = Sickness.WRITES;
  private int wellFor = Integer.MAX_VALUE;
  private boolean once;
  private int operations;
  private int failures;
  private int openFiles;

  /** Opens a queue whose writer works when the scheduler runs what it is given, with its delay. */
  public PersistentQueue open(QueueOptions options, BiConsumer<Runnable, Long> scheduler)
      throws IOException {
    return open(options, new GivenLoop(scheduler));
  }

  SegmentQueue open(QueueOptions options, WriterLoop writer) throws IOException {
    return Recovery.open(options, new View(disk.storage()), writer);
  }

  /** The {@code n}-th operation from now on that the sickness touches fails, and all after it. */
  public synchronized void fallSick(Sickness with, int n) {
    sickness = with;
    wellFor = n - 1;
    once = false;
    operations = 0;
  }

  /** The {@code n}-th operation from now on that the sickness touches fails, and no other. */
  public synchronized void failOnce(Sickness with, int n) {
    fallSick(with, n);
    once = true;
  }

  /** All is well from now on. */
  public synchronized void heal() {
    wellFor = Integer.MAX_VALUE;
  }

  /** Operations that the sickness touched, or would have touched, since {@link #fallSick}. */
  public synchronized int operations() {
    return operations;
  }

  /** Operations that have failed. */
  public synchronized int failures() {
    return failures;
  }

  /** Files that were opened and not closed. */
  public synchronized int openFiles() {
    return openFiles;
  }

  /** The power goes, and comes again. */
  public synchronized void crash(Random random) {
    disk.crash(random);
    openFiles = 0;
  }

  /** The disk below, to look at. */
  public CrashStorage content() {
    return disk;
  }

  private synchronized boolean fails(Operation operation) {
    boolean touched =
        switch (sickness) {
          case FULL -> operation == Operation.CREATE || operation == Operation.WRITE;
          case WRITES -> operation != Operation.READ;
          case SYNCS -> operation == Operation.SYNC || operation == Operation.SYNC_DIRECTORY;
          case READS -> operation == Operation.READ;
        };
    if (!touched) {
      return false;
    }
    operations++;
    boolean fails = once ? operations == wellFor + 1 : operations > wellFor;
    failures += fails ? 1 : 0;
    return fails;
  }

  private synchronized void failIf(Operation operation) throws IOException {
    if (fails(operation)) {
      throw failure();
    }
  }

  private synchronized IOException failure() {
    return new IOException(sickness.message);
  }

  private synchronized void opened(int change) {
    openFiles += change;
  }

  private record GivenLoop(BiConsumer<Runnable, Long> scheduler) implements WriterLoop {
    @Override
    public void execute(Runnable task) {
      scheduler.accept(task, 0L);
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
      scheduler.accept(task, delayMillis);
    }

    @Override
    public void runAndWait(Runnable task) {
      task.run();
    }

    @Override
    public void shutdown() {
      // What comes late finds a closed queue.
    }
  }

  private final class View extends ForwardingStorage {

    View(Storage storage) {
      super(storage);
    }

    @Override
    public List<Entry> list() throws IOException {
      failIf(Operation.READ);
      return super.list();
    }

    @Override
    public StorageFile create(String name) throws IOException {
      failIf(Operation.CREATE);
      return super.create(name);
    }

    @Override
    public StorageFile open(String name) throws IOException {
      failIf(Operation.READ);
      return super.open(name);
    }

    @Override
    StorageFile opened(String name, StorageFile file) {
      return new Handle(file);
    }

    @Override
    public void delete(String name) throws IOException {
      failIf(Operation.DELETE);
      super.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
      failIf(Operation.SYNC_DIRECTORY);
      super.syncDirectory();
    }
  }

  private final class Handle extends ForwardingStorage.ForwardingFile {
    private boolean closed;

    Handle(StorageFile file) {
      super(file);
      SickDisk.this.opened(1);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      // A part comes to the disk before it says that there is no more room; what lies there already
      // is written over on a full disk too.
      if (position + bytes.remaining() > super.size() || sickness != Sickness.FULL) {
        if (fails(Operation.WRITE)) {
          super.write(bytes.limit(bytes.position() + bytes.remaining() / 2), position);
          throw failure();
        }
      }
      super.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      failIf(Operation.READ);
      return super.read(into, position);
    }

    @Override
    public void sync() throws IOException {
      if (fails(Operation.SYNC)) {
        disk.failSyncs(true); // it takes what it has not synced for clean, as systems do
        try {
          super.sync();
        } catch (IOException e) {
          throw failure();
        } finally {
          disk.failSyncs(false);
        }
      }
      super.sync();
    }

    @Override
    public long size() throws IOException {
      failIf(Operation.READ);
      return super.size();
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        SickDisk.this.opened(-1);
      }
      super.close();
    }
  }
}
