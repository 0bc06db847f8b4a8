package io.forebay.source.collector;

/**
 * What one call works with.
 *
 * @param whenEnded run once when the call has ended
 */
record CallContext(
    Reception shared,
    Sessions sessions,
    ClientNames identity,
    StreamMeter meter,
    Runnable whenEnded) {

  void ended() {
    whenEnded.run();
  }
}
