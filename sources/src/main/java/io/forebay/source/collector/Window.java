package io.forebay.source.collector;

import io.forebay.source.collector.Faults.Fault;

/** One {@code StreamEvents} call as its {@link Session} sees it. Guarded by the session. */
final class Window {

  /** The call; hears on any thread, under the session's lock, and must only schedule its work. */
  interface Call {
    /** Its place may have come, or there may be room again. */
    void resume();

    /** All of it is safe. */
    void answered(long nextSequence, long duplicates);

    /** It ends without an answer. */
    void failed(Fault fault);
  }

  private final Call call;
  private long end;
  private long duplicates;
  private boolean complete;

  Window(Call call) {
    this.call = call;
  }

  /** The number after the last that must be safe before it is answered. */
  long end() {
    return end;
  }

  void covers(long newEnd) {
    end = Math.max(end, newEnd);
  }

  void duplicates(int more) {
    duplicates += more;
  }

  void complete() {
    complete = true;
  }

  /** Whether all of it has come. */
  boolean isComplete() {
    return complete;
  }

  void resume() {
    call.resume();
  }

  void answered(long nextSequence) {
    call.answered(nextSequence, duplicates);
  }

  void failed(Fault fault) {
    call.failed(fault);
  }
}
