package io.forebay.queue;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes calls on and keeps a listener that throws from harming the queue. */
record GuardedListener(QueueListener listener) implements QueueListener {

  private static final Logger log = LoggerFactory.getLogger(GuardedListener.class);

  @Override
  public void onReady() {
    guarded(listener::onReady);
  }

  @Override
  public void onDropped(DropReason reason, long records, long bytes) {
    guarded(() -> listener.onDropped(reason, records, bytes));
  }

  @Override
  public void onSynced(long nanos) {
    guarded(() -> listener.onSynced(nanos));
  }

  @Override
  public void onDamaged(Path segment, long offset, String what) {
    guarded(() -> listener.onDamaged(segment, offset, what));
  }

  @Override
  public void onDiskFailed(String operation, DiskException cause) {
    guarded(() -> listener.onDiskFailed(operation, cause));
  }

  @Override
  public void onDiskWell() {
    guarded(listener::onDiskWell);
  }

  private static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.error("a queue listener failed; the queue goes on", e);
    }
  }
}
