package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A disk in memory that begins as an image, shares its bytes until they are written to, and notes
 * everything that is done to it. Not safe for concurrent use.
 */
final class RecordingDisk implements Storage {

  /** What is wrong with a disk, or with the order in which a queue uses it: the checks must see. */
  enum Flaw {
    NONE,
    /** Says that bytes are safe when they are not. */
    SYNC_DOES_NOTHING,
    /** Says that names are safe when they are not. */
    DIRECTORY_SYNC_DOES_NOTHING,
    /** As that, and only where a file was just removed. */
    DELETES_ARE_NOT_SYNCED,
    /** Segments go before the state that lets them go is written. */
    DELETES_BEFORE_CHECKPOINT,
    /** Every state is written over the one before. */
    ONE_STATE_SLOT
  }

  /** Told of each operation: before it is noted, and after. */
  interface Watcher {
    Watcher NONE = new Watcher() {};

    default void before(DiskOperation operation) {}

    default void after(DiskOperation operation) {}
  }

  private static final class Inode {
    final int number;
    byte[] bytes;
    int length;
    boolean shared;

    Inode(int number, byte[] bytes) {
      this.number = number;
      this.bytes = bytes;
      this.length = bytes.length;
      this.shared = true;
    }
  }

  private final Map<String, Inode> names = new HashMap<>();
  private final List<DiskOperation> log = new ArrayList<>();
  private final List<DiskOperation> heldBack = new ArrayList<>();
  private final boolean recording;
  private final Flaw flaw;
  private Watcher watcher = Watcher.NONE;
  private int nextNumber;
  private int failIn = -1;
  private boolean failSyncs;
  private long totalBytes;
  private long peakBytes;

  RecordingDisk(DiskImage base, boolean recording, Flaw flaw) {
    this.recording = recording;
    this.flaw = flaw;
    base.files()
        .forEach((name, content) -> names.put(name, new Inode(nextNumber++, content.bytes)));
    totalBytes = base.totalBytes();
    peakBytes = totalBytes;
  }

  void watch(Watcher by) {
    watcher = by;
  }

  /** What was done so far. */
  List<DiskOperation> log() {
    return log;
  }

  /** How many operations are noted. */
  int time() {
    return log.size();
  }

  long totalBytes() {
    return totalBytes;
  }

  /** The most that {@link #totalBytes} ever was. */
  long peakBytes() {
    return peakBytes;
  }

  /** The n-th operation from now on fails, once; 1 is the next. */
  void failOperation(int n) {
    failIn = n;
  }

  void failSyncs(boolean fail) {
    failSyncs = fail;
  }

  /** No fault is left. */
  void heal() {
    failIn = -1;
    failSyncs = false;
  }

  /** The files as a running system sees them. */
  DiskImage image() {
    Map<String, DiskImage.Content> files = new TreeMap<>();
    names.forEach(
        (name, inode) ->
            files.put(name, new DiskImage.Content(Arrays.copyOf(inode.bytes, inode.length))));
    return new DiskImage(files);
  }

  private void fault(String what) throws IOException {
    if (failIn > 0 && --failIn == 0) {
      failIn = -1;
      throw new IOException("injected failure: " + what);
    }
  }

  private void note(DiskOperation operation) {
    if (!recording) {
      return;
    }
    if (flaw == Flaw.DELETES_BEFORE_CHECKPOINT) {
      if (ofState(operation)) {
        heldBack.add(operation);
        return;
      }
      if (!(operation instanceof DiskOperation.Delete)) {
        heldBack.forEach(this::put);
        heldBack.clear();
      }
    }
    put(operation);
  }

  private static boolean ofState(DiskOperation operation) {
    return (operation instanceof DiskOperation.Write write
            && write.name().equals(StateFile.FILE_NAME))
        || (operation instanceof DiskOperation.Sync sync
            && sync.name().equals(StateFile.FILE_NAME));
  }

  private void put(DiskOperation operation) {
    watcher.before(operation);
    log.add(operation);
    watcher.after(operation);
  }

  @Override
  public List<Entry> list() {
    List<Entry> entries = new ArrayList<>(names.size());
    names.forEach((name, inode) -> entries.add(new Entry(name, inode.length)));
    return entries;
  }

  @Override
  public StorageFile create(String name) throws IOException {
    fault("create " + name);
    if (names.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    Inode inode = new Inode(nextNumber++, new byte[0]);
    names.put(name, inode);
    note(new DiskOperation.Create(inode.number, name));
    return new Handle(name, inode);
  }

  @Override
  public StorageFile open(String name) throws IOException {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new NoSuchFileException(name);
    }
    return new Handle(name, inode);
  }

  @Override
  public void delete(String name) throws IOException {
    fault("delete " + name);
    Inode inode = names.remove(name);
    if (inode != null) {
      totalBytes -= inode.length;
      note(new DiskOperation.Delete(name));
    }
  }

  @Override
  public void syncDirectory() throws IOException {
    fault("sync directory");
    if (failSyncs) {
      throw new IOException("injected failure: sync directory");
    }
    boolean afterDelete = !log.isEmpty() && log.get(log.size() - 1) instanceof DiskOperation.Delete;
    if (flaw != Flaw.DIRECTORY_SYNC_DOES_NOTHING
        && !(flaw == Flaw.DELETES_ARE_NOT_SYNCED && afterDelete)) {
      note(new DiskOperation.SyncDirectory());
    }
  }

  @Override
  public ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes);
  }

  @Override
  public Path path(String name) {
    return Path.of("memory", name);
  }

  @Override
  public void close() {
    heldBack.forEach(this::put);
    heldBack.clear();
  }

  private final class Handle implements StorageFile {
    private final String name;
    private final Inode inode;

    Handle(String name, Inode inode) {
      this.name = name;
      this.inode = inode;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      boolean inOneSlot = flaw == Flaw.ONE_STATE_SLOT && name.equals(StateFile.FILE_NAME);
      int at = inOneSlot ? 0 : (int) position;
      boolean fails = failIn == 1;
      byte[] written = new byte[fails ? bytes.remaining() / 2 : bytes.remaining()];
      bytes.get(written);
      if (written.length > 0) {
        put(written, at);
        note(new DiskOperation.Write(inode.number, name, at, written));
      }
      fault("write " + name);
    }

    private void put(byte[] written, int position) {
      int end = Math.max(inode.length, position + written.length);
      if (inode.shared || inode.bytes.length < end) {
        inode.bytes = Arrays.copyOf(inode.bytes, Math.max(end, inode.shared ? 0 : 2 * end));
        inode.shared = false;
      }
      System.arraycopy(written, 0, inode.bytes, position, written.length);
      if (names.get(name) == inode) {
        totalBytes += end - inode.length;
        peakBytes = Math.max(peakBytes, totalBytes);
      }
      inode.length = end;
    }

    @Override
    public int read(ByteBuffer into, long position) {
      int n = (int) Math.max(0, Math.min(into.remaining(), inode.length - position));
      if (n > 0) {
        into.put(inode.bytes, (int) position, n);
      }
      return n;
    }

    @Override
    public void sync() throws IOException {
      try {
        fault("sync " + name);
        if (failSyncs) {
          throw new IOException("injected failure: sync " + name);
        }
      } catch (IOException e) {
        note(new DiskOperation.FailedSync(inode.number, name));
        throw e;
      }
      if (flaw != Flaw.SYNC_DOES_NOTHING) {
        note(new DiskOperation.Sync(inode.number, name));
      }
    }

    @Override
    public long size() {
      return inode.length;
    }

    @Override
    public void close() {
      // nothing is held open
    }
  }
}
