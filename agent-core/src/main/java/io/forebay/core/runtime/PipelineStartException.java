package io.forebay.core.runtime;

/** A pipeline could not start; the message names the node and the reason, for people. */
public final class PipelineStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String node;

  PipelineStartException(String node, Throwable cause) {
    super(
        "node '"
            + node
            + "' could not start: "
            + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
        cause);
    this.node = node;
  }

  /** The name of the node that failed. */
  public String node() {
    return node;
  }
}
