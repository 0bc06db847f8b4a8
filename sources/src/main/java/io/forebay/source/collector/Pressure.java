package io.forebay.source.collector;

import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether new windows can be taken at the moment. Thread safe. */
final class Pressure {

  private final BatchIntake intake;
  private final ByteBudget budget;
  private final long stallNanos;
  private volatile long flowedAtNanos = System.nanoTime();
  private volatile boolean stopping;

  Pressure(BatchIntake intake, ByteBudget budget, Duration stall) {
    this.intake = intake;
    this.budget = budget;
    this.stallNanos = stall.toNanos();
  }

  /** The pipeline took something. */
  void flowed() {
    flowedAtNanos = System.nanoTime();
  }

  /** Looks whether the pipeline asks for something; to be called every now and then. */
  void sample() {
    if (intake.isDemanded()) {
      flowed();
    }
  }

  /** Nothing new is taken any more. */
  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  /** Whether the pipeline takes nothing, and has not for a while. */
  boolean isStalled() {
    return !intake.isDemanded() && System.nanoTime() - flowedAtNanos > stallNanos;
  }

  /** Why new windows are refused, for people; null when they are not. */
  @Nullable String why() {
    if (isStalled()) {
      return "the pipeline takes no more at the moment";
    }
    if (!budget.hasRoom()) {
      return "too many bytes are waiting to be acknowledged (max_pending_size)";
    }
    return null;
  }
}
