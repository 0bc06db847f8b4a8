package io.forebay.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps apart what was synced and what was not. {@link #crash} loses,
 * reorders and tears what was not synced, in sectors of 512 bytes, the creation and removal of
 * files included. It can also fail an operation, fail syncs, and be full.
 *
 * <p>Survives the queues that are opened on it; a crash ends all handles of the time before. Safe
 * for concurrent use.
 */
public final class CrashStorage {

  static final int SECTOR_BYTES = 512;

  private static final class Inode {
    byte[] bytes = new byte[0];
    byte[] synced = new byte[0];
    final Set<Integer> dirtySectors = new HashSet<>();

    /** Written before a sync that failed: later syncs take them for clean, as an OS does. */
    final Set<Integer> abandonedSectors = new HashSet<>();

    void sync() {
      byte[] after = Arrays.copyOf(synced, bytes.length);
      for (int sector : dirtySectors) {
        copySector(sector, bytes, after);
      }
      synced = after;
      dirtySectors.clear();
    }

    void failSync() {
      abandonedSectors.addAll(dirtySectors);
      dirtySectors.clear();
    }
  }

  private Map<String, Inode> names = new HashMap<>();
  private Map<String, @Nullable Inode> syncedNames = new HashMap<>();
  private long capacity = Long.MAX_VALUE;
  private int failIn = -1;
  private int dieIn = -1;
  private boolean failSyncs;
  private int generation;
  private boolean locked;
  private long peakBytes;

  /** Opens a queue that writes with a thread of its own. */
  public PersistentQueue open(QueueOptions options) throws IOException {
    return Recovery.open(options, storage(), new WriterThread(options.directory()));
  }

  synchronized Storage storage() throws QueueLockedException {
    if (locked) {
      throw new QueueLockedException(Path.of("memory"), "another queue of this process");
    }
    locked = true;
    return new View(generation);
  }

  /** Nothing more fits once all files together hold so many bytes. */
  public synchronized void capacity(long bytes) {
    capacity = bytes;
  }

  /** The n-th operation from now on that changes anything fails, once; 1 is the next. */
  public synchronized void failOperation(int n) {
    failIn = n;
  }

  /** The n-th operation from now on that changes anything is the last: what follows it fails. */
  public synchronized void dieAfterOperation(int n) {
    dieIn = n;
  }

  /** While set, every sync fails, and what it should have synced stays unsynced. */
  public synchronized void failSyncs(boolean fail) {
    failSyncs = fail;
  }

  /** Ends no fault by itself but forgets those that wait. */
  public synchronized void heal() {
    capacity = Long.MAX_VALUE;
    failIn = -1;
    dieIn = -1;
    failSyncs = false;
  }

  /** Bytes of all files as a running system sees them. */
  public synchronized long totalBytes() {
    long sum = 0;
    for (Inode inode : names.values()) {
      sum += inode.bytes.length;
    }
    return sum;
  }

  /** The most that {@link #totalBytes} ever was. */
  public synchronized long peakBytes() {
    return peakBytes;
  }

  /** The content of a file as a running system sees it. */
  public synchronized byte[] content(String name) {
    return inode(names, name).bytes.clone();
  }

  public synchronized Set<String> fileNames() {
    return Set.copyOf(names.keySet());
  }

  /** Changes a byte of a file, synced and all, as a failing disk does. */
  public synchronized void damage(String name, int offset) {
    Inode inode = inode(names, name);
    inode.bytes[offset] ^= 0x55;
    if (offset < inode.synced.length) {
      inode.synced[offset] ^= 0x55;
    }
  }

  /** Gives a file another content, synced. */
  public synchronized void replace(String name, byte[] content) {
    Inode inode = inode(names, name);
    inode.bytes = content.clone();
    inode.synced = content.clone();
  }

  /** Removes a file behind the queue's back. */
  public synchronized void remove(String name) {
    names.remove(name);
    syncedNames.remove(name);
  }

  /** The process is killed: what it wrote stays, synced or not. */
  public synchronized void kill() {
    generation++;
    locked = false;
  }

  /** The power goes: of what was not synced, any part survives. */
  public synchronized void crash(Random random) {
    kill();
    heal();
    Set<Inode> inodes = new HashSet<>(names.values());
    syncedNames.values().stream().filter(inode -> inode != null).forEach(inodes::add);
    // One mood a crash: else nothing at all or everything would hardly ever survive.
    int survival = random.nextInt(5) * 25;
    Map<String, Inode> survivors = new HashMap<>();
    Set<String> all = new HashSet<>(names.keySet());
    all.addAll(syncedNames.keySet());
    for (String name : all.stream().sorted().toList()) {
      Inode now = names.get(name);
      Inode before = syncedNames.get(name);
      Inode survivor = now == before || random.nextInt(100) < survival ? now : before;
      if (survivor != null) {
        survivors.put(name, survivor);
      }
    }
    survivors.keySet().stream()
        .sorted()
        .forEach(name -> tear(inode(survivors, name), random, survival));
    names = survivors;
    syncedNames = new HashMap<>(survivors);
  }

  private static void copySector(int sector, byte[] from, byte[] to) {
    int start = sector * SECTOR_BYTES;
    int end = Math.min(Math.min(start + SECTOR_BYTES, from.length), to.length);
    if (start < end) {
      System.arraycopy(from, start, to, start, end - start);
    }
  }

  private static void tear(Inode inode, Random random, int survival) {
    Set<Integer> unsynced = new HashSet<>(inode.dirtySectors);
    unsynced.addAll(inode.abandonedSectors);
    if (unsynced.isEmpty() && inode.bytes.length == inode.synced.length) {
      return;
    }
    int grown = Math.max(0, inode.bytes.length - inode.synced.length);
    int length =
        random.nextInt(100) < survival
            ? inode.bytes.length
            : inode.synced.length + (grown == 0 ? 0 : random.nextInt(grown + 1));
    byte[] after = Arrays.copyOf(inode.synced, length);
    if (random.nextInt(4) == 0 && length > inode.synced.length) {
      byte[] garbage = new byte[length - inode.synced.length];
      random.nextBytes(garbage);
      System.arraycopy(garbage, 0, after, inode.synced.length, garbage.length);
    }
    for (int sector : unsynced.stream().sorted().toList()) {
      if (random.nextInt(100) < survival) {
        copySector(sector, inode.bytes, after);
      }
    }
    inode.bytes = after;
    inode.synced = after.clone();
    inode.dirtySectors.clear();
    inode.abandonedSectors.clear();
  }

  private static Inode inode(Map<String, ? extends @Nullable Inode> names, String name) {
    Inode inode = names.get(name);
    if (inode == null) {
      throw new IllegalArgumentException("no file " + name + " in " + names.keySet());
    }
    return inode;
  }

  private void change(String what) throws IOException {
    if (dieIn > 0 && --dieIn == 0) {
      generation++;
      locked = false;
    }
    if (failIn > 0 && --failIn == 0) {
      failIn = -1;
      throw new IOException("injected failure: " + what);
    }
  }

  private void alive(int of) throws IOException {
    if (of != generation) {
      throw new IOException("this process was killed");
    }
  }

  private final class View implements Storage {
    private final int mine;

    View(int mine) {
      this.mine = mine;
    }

    @Override
    public List<Entry> list() throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        List<Entry> entries = new ArrayList<>();
        names.forEach((name, inode) -> entries.add(new Entry(name, inode.bytes.length)));
        return entries;
      }
    }

    @Override
    public StorageFile create(String name) throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        change("create " + name);
        if (names.containsKey(name)) {
          throw new FileAlreadyExistsException(name);
        }
        Inode inode = new Inode();
        names.put(name, inode);
        return new Handle(mine, inode);
      }
    }

    @Override
    public StorageFile open(String name) throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        Inode inode = names.get(name);
        if (inode == null) {
          throw new NoSuchFileException(name);
        }
        return new Handle(mine, inode);
      }
    }

    @Override
    public void delete(String name) throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        change("delete " + name);
        names.remove(name);
      }
    }

    @Override
    public void syncDirectory() throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        change("sync directory");
        if (failSyncs) {
          throw new IOException("injected failure: sync directory");
        }
        syncedNames = new HashMap<>(names);
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
      synchronized (CrashStorage.this) {
        if (mine == generation) {
          locked = false;
        }
      }
    }
  }

  private final class Handle implements StorageFile {
    private final int mine;
    private final Inode inode;

    Handle(int mine, Inode inode) {
      this.mine = mine;
      this.inode = inode;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        int wanted = bytes.remaining();
        boolean fails = failIn == 1;
        long room = capacity - totalBytes() + Math.max(0, inode.bytes.length - position);
        int fits = fails ? wanted / 2 : (int) Math.max(0, Math.min(wanted, room));
        put(bytes, (int) position, fits);
        change("write");
        if (fits < wanted) {
          throw new IOException("No space left on device");
        }
      }
    }

    private void put(ByteBuffer bytes, int position, int length) {
      if (length == 0) {
        return;
      }
      if (inode.bytes.length < position + length) {
        inode.bytes = Arrays.copyOf(inode.bytes, position + length);
      }
      bytes.get(inode.bytes, position, length);
      for (int s = position / SECTOR_BYTES; s <= (position + length - 1) / SECTOR_BYTES; s++) {
        inode.dirtySectors.add(s);
        inode.abandonedSectors.remove(s);
      }
      peakBytes = Math.max(peakBytes, totalBytes());
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        int n = (int) Math.max(0, Math.min(into.remaining(), inode.bytes.length - position));
        if (n > 0) {
          into.put(inode.bytes, (int) position, n);
        }
        return n;
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        try {
          change("sync");
          if (failSyncs) {
            throw new IOException("injected failure: sync");
          }
        } catch (IOException e) {
          inode.failSync();
          throw e;
        }
        inode.sync();
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (CrashStorage.this) {
        alive(mine);
        return inode.bytes.length;
      }
    }

    @Override
    public void close() {
      // nothing is held open
    }
  }
}
