package io.forebay.queue;

/** So many records, and bytes of them, that left unacknowledged. */
record Loss(long records, long bytes) {

  static final Loss NONE = new Loss(0, 0);

  Loss plus(Loss other) {
    return new Loss(records + other.records, bytes + other.bytes);
  }
}
