package io.forebay.queue;

/** One thing that a queue did to a disk; {@code file} tells apart files that had the same name. */
sealed interface DiskOperation {

  record Create(int file, String name) implements DiskOperation {}

  /** The bytes are never changed. */
  @SuppressWarnings("ArrayRecordComponent")
  record Write(int file, String name, int position, byte[] bytes) implements DiskOperation {}

  record Sync(int file, String name) implements DiskOperation {}

  /** What was written before is on the disk or not, and no later sync changes that. */
  record FailedSync(int file, String name) implements DiskOperation {}

  record Delete(String name) implements DiskOperation {}

  record SyncDirectory() implements DiskOperation {}
}
