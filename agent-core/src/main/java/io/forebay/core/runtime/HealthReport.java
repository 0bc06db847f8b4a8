package io.forebay.core.runtime;

import java.util.List;

/**
 * Whether the agent lives and does its work.
 *
 * @param live false when the process should be restarted
 * @param ready whether everything works as it should: true exactly when there are no reasons
 * @param reasons what is wrong, in the order of the pipeline file
 */
public record HealthReport(boolean live, boolean ready, List<Reason> reasons) {

  /** The code of what has begun and does not work yet: the pipeline, or a source of it. */
  public static final String STARTING = "starting";

  public HealthReport {
    reasons = List.copyOf(reasons);
  }

  /**
   * One thing that is wrong.
   *
   * @param node the node's name; empty when it is about the whole pipeline
   * @param code a fixed word in snake case: {@code starting}, {@code stopping}, {@code stopped},
   *     {@code unhealthy}, {@code paused}, {@code disk_failing}, {@code disk_budget}, {@code
   *     overflowing}, {@code stalled}
   * @param message for people
   */
  public record Reason(String node, String code, String message) {}
}
