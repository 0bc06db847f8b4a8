package io.forebay.queue;

/**
 * How the records of a frame are stored. Recorded per frame, so it may change between two runs on
 * one directory.
 */
public enum Compression {
  NONE,
  ZSTD
}
