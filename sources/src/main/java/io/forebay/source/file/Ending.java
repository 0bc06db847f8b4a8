package io.forebay.source.file;

/** What is known of the bytes that follow a chunk. */
enum Ending {
  /** More may follow at any time: what is incomplete waits. */
  OPEN,
  /** Nothing has followed for a while: an item of several lines is complete, a line is not. */
  QUIET,
  /** Nothing will follow: whatever is left is complete. */
  FINAL
}
