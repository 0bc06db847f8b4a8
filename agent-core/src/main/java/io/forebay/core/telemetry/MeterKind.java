package io.forebay.core.telemetry;

/** What is measured how. */
public enum MeterKind {
  /** Rises only. */
  COUNTER,
  /** A level. */
  GAUGE,
  /** Counts and adds up durations. */
  TIMER
}
