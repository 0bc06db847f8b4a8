package io.forebay.queue;

import java.nio.file.Path;

/**
 * Bytes of a queue that are not what was written, or records that are not there.
 *
 * @param file the segment, or the directory where a whole file is missing
 * @param offset where the damage begins in the file
 * @param bytes how long it is; 0 when it is not bytes that are wrong but records that are missing
 * @param fromSequence the first number that cannot be read
 * @param toSequence the number after the last; equal to {@code fromSequence} when no record is lost
 * @param undelivered how many of these numbers are of records that were not delivered, dropped or
 *     counted as lost before
 * @param what is wrong, for people
 */
public record Damage(
    Path file,
    long offset,
    long bytes,
    long fromSequence,
    long toSequence,
    long undelivered,
    String what) {

  /** How the words begin where it is the disk that does not read. */
  static final String UNREADABLE = "the disk cannot read it";

  /** Whether the disk cannot read it: then an agent waits there, until a repair leaves it out. */
  public boolean isUnreadable() {
    return what.startsWith(UNREADABLE);
  }
}
