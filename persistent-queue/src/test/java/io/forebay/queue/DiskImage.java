package io.forebay.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The files of a directory at one moment. Never changed; images share what they have in common. */
final class DiskImage {

  static final DiskImage EMPTY = new DiskImage(Map.of());

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  /** The bytes of a file, and a hash of them that is as good as they are. */
  static final class Content {
    final byte[] bytes;
    final long hash;

    Content(byte[] bytes) {
      this.bytes = bytes;
      this.hash = hash(bytes);
    }
  }

  private final TreeMap<String, Content> files;
  private final long hash;
  private final long totalBytes;

  DiskImage(Map<String, Content> files) {
    this.files = new TreeMap<>(files);
    long sum = 0;
    long bytes = 0;
    for (Map.Entry<String, Content> file : files.entrySet()) {
      Content content = file.getValue();
      sum += mix(content.hash ^ mix(file.getKey().hashCode()));
      bytes += content.bytes.length;
    }
    this.hash = mix(sum);
    this.totalBytes = bytes;
  }

  /** Sorted by name. */
  TreeMap<String, Content> files() {
    return files;
  }

  /** Two images with the same names and bytes have the same, and others practically never. */
  long hash() {
    return hash;
  }

  long totalBytes() {
    return totalBytes;
  }

  /** The same with one file added or replaced. */
  DiskImage with(String name, byte[] bytes) {
    TreeMap<String, Content> changed = new TreeMap<>(files);
    changed.put(name, new Content(bytes));
    return new DiskImage(changed);
  }

  @Override
  public String toString() {
    return files.entrySet().stream()
        .map(file -> file.getKey() + " of " + file.getValue().bytes.length)
        .collect(Collectors.joining(", "));
  }

  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long hash(byte[] bytes) {
    long h = mix(bytes.length + PRIME);
    int at = 0;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      h = (h ^ (long) LONGS.get(bytes, at)) * PRIME;
      h ^= h >>> 32;
    }
    for (; at < bytes.length; at++) {
      h = (h ^ bytes[at]) * PRIME;
    }
    return mix(h);
  }
}
