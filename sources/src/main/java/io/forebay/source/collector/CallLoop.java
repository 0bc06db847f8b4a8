package io.forebay.source.collector;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loop of a call's connection. What comes after it was closed is passed over: the call
 * has ended then. Thread safe.
 */
record CallLoop(EventLoop loop) {

  private static final Logger log = LoggerFactory.getLogger(CallLoop.class);

  void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException closed) {
      log.trace("the event loop is closed", closed);
    }
  }

  /** The task's timer; null when there will be none. */
  @Nullable ScheduledFuture<?> schedule(Runnable task, long nanos) {
    try {
      return loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      log.trace("the event loop is closed", closed);
      return null;
    }
  }
}
