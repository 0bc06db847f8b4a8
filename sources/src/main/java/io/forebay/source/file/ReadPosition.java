package io.forebay.source.file;

/** Where reading goes on. Offsets in bytes. */
final class ReadPosition {

  /** Where the next item begins. */
  private long next;

  /** Up to where was looked without finding the item's end. */
  private long seen;

  /** Whether the item at {@link #next} is a line that is too long, whose end is looked for. */
  private boolean inLongLine;

  ReadPosition(long next) {
    moveTo(next);
  }

  long next() {
    return next;
  }

  long seen() {
    return seen;
  }

  boolean inLongLine() {
    return inLongLine;
  }

  void moveTo(long newNext) {
    next = newNext;
    seen = newNext;
    inLongLine = false;
  }

  void sawUpTo(long offset) {
    seen = offset;
  }

  void enterLongLine(long offset) {
    seen = offset;
    inLongLine = true;
  }
}
