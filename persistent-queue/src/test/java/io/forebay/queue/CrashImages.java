package io.forebay.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every image in which a power cut can leave a disk, at one point of what was done to it.
 *
 * <p>The choices, independent of each other: each creation and removal of a name since the last
 * directory sync is there or not; each sector of 512 bytes that was written since the last sync of
 * its file holds what it held then, or what it held after any of the writes since; a file that grew
 * ends at its synced length, at a sector within, at a place within a sector, or at an end that it
 * had; and sectors that were never written read as zeros, as noise, or as what an older segment
 * held there.
 */
final class CrashImages {

  private static final int SECTOR_BYTES = 512;
  private static final byte[] NOISE = new byte[256 * 1024];

  static {
    new Random(42).nextBytes(NOISE);
  }

  private enum Fill {
    ZEROS,
    NOISE,
    STALE
  }

  private static final class Node {
    final byte[] stale;
    byte[] bytes;
    int length;
    byte[] synced;
    DiskImage.Content content;

    /** By sector, what it held after each unsynced write, oldest first. */
    final TreeMap<Integer, List<byte[]>> dirty = new TreeMap<>();

    /** Written before a sync that failed: later syncs take them for clean, as an OS does. */
    final Set<Integer> abandoned = new TreeSet<>();

    final TreeSet<Integer> ends = new TreeSet<>();

    Node(DiskImage.Content content, byte[] stale) {
      this.stale = stale;
      this.content = content;
      this.synced = content.bytes;
      this.bytes = content.bytes;
      this.length = bytes.length;
    }

    boolean settled() {
      return dirty.isEmpty() && length == synced.length;
    }

    void write(int position, byte[] written) {
      int end = Math.max(length, position + written.length);
      bytes = Arrays.copyOf(bytes, end);
      length = end;
      System.arraycopy(written, 0, bytes, position, written.length);
      int last = (position + written.length - 1) / SECTOR_BYTES;
      for (int sector = position / SECTOR_BYTES; sector <= last; sector++) {
        int start = sector * SECTOR_BYTES;
        dirty
            .computeIfAbsent(sector, s -> new ArrayList<>())
            .add(Arrays.copyOfRange(bytes, start, Math.min(start + SECTOR_BYTES, length)));
        abandoned.remove(sector);
      }
      ends.add(length);
    }

    void sync() {
      byte[] after = Arrays.copyOf(synced, length);
      dirty
          .keySet()
          .removeIf(
              sector -> {
                if (abandoned.contains(sector)) {
                  return false;
                }
                int start = sector * SECTOR_BYTES;
                int end = Math.min(start + SECTOR_BYTES, length);
                System.arraycopy(bytes, start, after, start, end - start);
                return true;
              });
      ends.clear();
      synced = after;
      content = new DiskImage.Content(after);
    }

    /** Where the file can end, the last being its end. */
    int[] lengths() {
      TreeSet<Integer> lengths = new TreeSet<>(ends);
      lengths.add(synced.length);
      lengths.add(length);
      lengths.add((synced.length + length) / 2);
      for (int at = synced.length; at < length; at += SECTOR_BYTES) {
        lengths.add(Math.min(length, (at / SECTOR_BYTES + 1) * SECTOR_BYTES));
      }
      return lengths.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private record NameChange(String name, @Nullable Node node) {}

  /** What can become of one file: its ends, its fills, its sectors. */
  private record Choices(Node node, int[] lengths, Fill[] fills) {}

  private final Map<Integer, Node> nodes = new TreeMap<>();
  private final Map<String, Node> names = new TreeMap<>();
  private Map<String, Node> syncedNames = new TreeMap<>();
  private final List<NameChange> changes = new ArrayList<>();
  private byte[] lastSegment = new byte[0];

  private final List<Choices> choices = new ArrayList<>();
  private int[] radix = new int[0];
  private long total;

  CrashImages(DiskImage base) {
    base.files()
        .forEach(
            (name, content) -> {
              Node node = new Node(content, lastSegment);
              nodes.put(nodes.size(), node);
              names.put(name, node);
              remember(name, node);
            });
    syncedNames.putAll(names);
    choose();
  }

  private void remember(String name, Node node) {
    if (SegmentHeader.firstSequence(name) >= 0 && node.length > 0) {
      lastSegment = node.bytes;
    }
  }

  private Node node(int file) {
    Node node = nodes.get(file);
    if (node == null) {
      throw new IllegalStateException("no file " + file);
    }
    return node;
  }

  /** Goes on to the point after the operation. */
  void apply(DiskOperation operation) {
    if (operation instanceof DiskOperation.Create create) {
      names.forEach(this::remember);
      Node node = new Node(new DiskImage.Content(new byte[0]), lastSegment);
      nodes.put(create.file(), node);
      names.put(create.name(), node);
      changes.add(new NameChange(create.name(), node));
    } else if (operation instanceof DiskOperation.Delete delete) {
      names.remove(delete.name());
      changes.add(new NameChange(delete.name(), null));
    } else if (operation instanceof DiskOperation.Write write) {
      node(write.file()).write(write.position(), write.bytes());
    } else if (operation instanceof DiskOperation.Sync sync) {
      node(sync.file()).sync();
    } else if (operation instanceof DiskOperation.FailedSync sync) {
      Node node = node(sync.file());
      node.abandoned.addAll(node.dirty.keySet());
    } else {
      syncedNames = new TreeMap<>(names);
      changes.clear();
    }
    choose();
  }

  private void choose() {
    choices.clear();
    Set<Node> reachable = new LinkedHashSet<>(syncedNames.values());
    List<Integer> options = new ArrayList<>();
    for (NameChange change : changes) {
      options.add(2);
      Node node = change.node();
      if (node != null) {
        reachable.add(node);
      }
    }
    for (Node node : reachable) {
      if (!node.settled()) {
        int[] lengths = node.lengths();
        boolean grew = node.length > node.synced.length;
        Fill[] fills =
            !grew
                ? new Fill[] {Fill.ZEROS}
                : node.stale.length == 0 ? new Fill[] {Fill.ZEROS, Fill.NOISE} : Fill.values();
        choices.add(new Choices(node, lengths, fills));
        options.add(lengths.length);
        options.add(fills.length);
        node.dirty.values().forEach(versions -> options.add(versions.size() + 1));
      }
    }
    radix = options.stream().mapToInt(Integer::intValue).toArray();
    total = 1;
    for (int option : radix) {
      total = total > Long.MAX_VALUE / option ? Long.MAX_VALUE : total * option;
    }
  }

  /** How many combinations of choices there are at this point; some give the same image. */
  long combinations() {
    return total;
  }

  /**
   * One of the images.
   *
   * @param number below {@code bound}. When there are no more than {@code bound} combinations it
   *     names each of them; else the first two are nothing and everything, and the others drawn
   * @param seed with the number, decides what is drawn
   */
  DiskImage image(long number, long bound, long seed) {
    int[] chosen = new int[radix.length];
    if (total <= bound) {
      long rest = number;
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = (int) (rest % radix[i]);
        rest /= radix[i];
      }
    } else if (number == 1) {
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = radix[i] - 1;
      }
    } else if (number > 1) {
      SplittableRandom random = new SplittableRandom(DiskImage.mix(seed) + number);
      // One mood an image: else nothing at all or everything would hardly ever survive.
      int survival = random.nextInt(5) * 25;
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = random.nextInt(100) < survival ? radix[i] - 1 : random.nextInt(radix[i]);
      }
    }
    return image(chosen);
  }

  private DiskImage image(int[] chosen) {
    int next = 0;
    Map<String, Node> left = changes.isEmpty() ? syncedNames : new TreeMap<>(syncedNames);
    for (NameChange change : changes) {
      if (chosen[next++] == 1) {
        Node node = change.node();
        if (node == null) {
          left.remove(change.name());
        } else {
          left.put(change.name(), node);
        }
      }
    }
    Map<Node, DiskImage.Content> torn = new java.util.IdentityHashMap<>();
    for (Choices choice : choices) {
      torn.put(choice.node(), content(choice, chosen, next));
      next += 2 + choice.node().dirty.size();
    }
    Map<String, DiskImage.Content> files = new TreeMap<>();
    left.forEach((name, node) -> files.put(name, torn.getOrDefault(node, node.content)));
    return new DiskImage(files);
  }

  private static DiskImage.Content content(Choices choice, int[] chosen, int first) {
    Node node = choice.node();
    byte[] bytes = Arrays.copyOf(node.synced, choice.lengths()[chosen[first]]);
    Fill fill = choice.fills()[chosen[first + 1]];
    if (fill != Fill.ZEROS && bytes.length > node.synced.length) {
      byte[] source = fill == Fill.NOISE ? NOISE : node.stale;
      int end = Math.min(bytes.length, source.length);
      if (end > node.synced.length) {
        System.arraycopy(
            source, node.synced.length, bytes, node.synced.length, end - node.synced.length);
      }
    }
    int next = first + 2;
    for (Map.Entry<Integer, List<byte[]>> sector : node.dirty.entrySet()) {
      int version = chosen[next++];
      int start = sector.getKey() * SECTOR_BYTES;
      if (version > 0 && start < bytes.length) {
        byte[] held = sector.getValue().get(version - 1);
        System.arraycopy(held, 0, bytes, start, Math.min(held.length, bytes.length - start));
      }
    }
    return new DiskImage.Content(bytes);
  }
}
