package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A disk in memory for rehearsals: the real queue runs on it, in time that a caller makes pass, and
 * no file is touched. What files hold is kept compressed, so that gigabytes of records that
 * resemble each other take megabytes. It never fails and is never full. All on one thread.
 */
public final class VirtualDisk {

  /** Where a queue's writer gets its time from. */
  @FunctionalInterface
  public interface Timer {
    /**
     * Has the task run on the one thread, after so much of the caller's time, never within this
     * call.
     */
    void schedule(Runnable task, long delayMillis);
  }

  private static final int OPEN_FILES = 8;

  private final Timer timer;
  private final Map<String, VirtualFile> files = new HashMap<>();
  private final Deque<VirtualFile> recent = new ArrayDeque<>();
  private long bytes;
  private long peakBytes;

  public VirtualDisk(Timer timer) {
    this.timer = timer;
  }

  /**
   * Opens the queue of this disk, which has one.
   *
   * @throws QueueFormatException never, since nothing foreign is on it
   */
  public PersistentQueue open(QueueOptions options) throws IOException {
    return Recovery.open(options, new Files(options.directory()), new Writer());
  }

  /** Length of all files. */
  public long bytes() {
    return bytes;
  }

  /** The most that {@link #bytes} ever was. */
  public long peakBytes() {
    return peakBytes;
  }

  /** There may be thousands of files, and few are in use. */
  private void used(VirtualFile file) {
    if (recent.peekFirst() != file) {
      recent.remove(file);
      recent.addFirst(file);
      if (recent.size() > OPEN_FILES) {
        recent.removeLast().pack();
      }
    }
  }

  private void grown(long by) {
    bytes += by;
    peakBytes = Math.max(peakBytes, bytes);
  }

  private final class Files implements Storage {
    private final Path directory;

    Files(Path directory) {
      this.directory = directory;
    }

    @Override
    public List<Entry> list() {
      List<Entry> entries = new ArrayList<>();
      files.forEach((name, file) -> entries.add(new Entry(name, file.size())));
      return entries;
    }

    @Override
    public StorageFile create(String name) throws IOException {
      VirtualFile file = new VirtualFile();
      if (files.putIfAbsent(name, file) != null) {
        throw new FileAlreadyExistsException(name);
      }
      return new Handle(file);
    }

    @Override
    public StorageFile open(String name) throws IOException {
      VirtualFile file = files.get(name);
      if (file == null) {
        throw new NoSuchFileException(name);
      }
      return new Handle(file);
    }

    @Override
    public void delete(String name) {
      VirtualFile file = files.remove(name);
      if (file != null) {
        bytes -= file.size();
        recent.remove(file);
      }
    }

    @Override
    public void syncDirectory() {}

    @Override
    public ByteBuffer buffer(int capacity) {
      return ByteBuffer.allocate(capacity);
    }

    @Override
    public Path path(String name) {
      return directory.resolve(name);
    }

    @Override
    public void close() {}
  }

  private final class Handle implements StorageFile {
    private final VirtualFile file;

    Handle(VirtualFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer from, long position) {
      used(file);
      long before = file.size();
      file.write(from, position);
      grown(file.size() - before);
    }

    @Override
    public int read(ByteBuffer into, long position) {
      used(file);
      return file.read(into, position);
    }

    @Override
    public void sync() {}

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void close() {}
  }

  /** The queue's writer, in the caller's time. */
  private final class Writer implements WriterLoop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean shutdown;

    @Override
    public void execute(Runnable task) {
      if (!shutdown) {
        tasks.add(task);
        timer.schedule(this::runAll, 0);
      }
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
      if (!shutdown) {
        timer.schedule(
            () -> {
              if (!shutdown) {
                task.run();
              }
            },
            delayMillis);
      }
    }

    @Override
    public void runAndWait(Runnable task) {
      runAll();
      task.run();
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    private void runAll() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }
  }
}
