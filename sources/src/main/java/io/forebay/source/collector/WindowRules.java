package io.forebay.source.collector;

import io.forebay.source.collector.Faults.Fault;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the messages of one window must keep to. For one thread. */
final class WindowRules {

  private final CollectorInputConfig config;
  private String agentId = "";
  private long epoch;
  private boolean begun;
  private boolean continues;
  private long continuesFrom;
  private long next;
  private long events;
  private long bytes;

  WindowRules(CollectorInputConfig config) {
    this.config = config;
  }

  /** Checks the next message; null when it is well. */
  @Nullable Fault check(WindowMessage message) {
    String fault = message.fault();
    if (fault != null) {
      return message.isTooLarge() ? Faults.tooLarge(fault) : Faults.malformed(fault);
    }
    fault = begun ? sameNames(message) : names(message);
    fault = fault == null ? numbers(message) : fault;
    if (fault != null) {
      return Faults.malformed(fault);
    }
    events += message.eventCount();
    bytes += message.wireBytes();
    if (events > config.maxWindowEvents()) {
      return Faults.tooLarge(
          "the window is larger than max_window_events: " + config.maxWindowEvents());
    }
    if (bytes > config.maxWindowSize().bytes()) {
      return Faults.tooLarge(
          "the window is larger than max_window_size: " + config.maxWindowSize().bytes());
    }
    return null;
  }

  /** Why an agent's id cannot be one, or null. */
  static @Nullable String idFault(String agentId) {
    if (agentId.isEmpty()) {
      return "agent_id is empty";
    }
    if (agentId.length() > CursorRecord.MAX_ID_BYTES
        || agentId.getBytes(StandardCharsets.UTF_8).length > CursorRecord.MAX_ID_BYTES) {
      return "agent_id is longer than " + CursorRecord.MAX_ID_BYTES + " bytes";
    }
    // It stands in logs.
    return agentId.chars().anyMatch(Character::isISOControl)
        ? "agent_id holds control characters"
        : null;
  }

  private @Nullable String names(WindowMessage message) {
    begun = true;
    agentId = message.agentId();
    epoch = message.epoch();
    continues = message.continues();
    continuesFrom = message.continuesFrom();
    if (continues && (continuesFrom < 0 || continuesFrom == Long.MAX_VALUE)) {
      return "continues_from is beyond 2^63 - 2";
    }
    return idFault(agentId);
  }

  private @Nullable String sameNames(WindowMessage message) {
    if (!message.agentId().isEmpty() && !message.agentId().equals(agentId)) {
      return "agent_id changes within the window";
    }
    if (message.epoch() != 0 && message.epoch() != epoch) {
      return "epoch changes within the window";
    }
    if (message.continues() && (!continues || message.continuesFrom() != continuesFrom)) {
      return "continues_from changes within the window";
    }
    return null;
  }

  private @Nullable String numbers(WindowMessage message) {
    for (int i = 0; i < message.gapCount(); i++) {
      WindowMessage.Gap gap = message.gap(i);
      if (isBeyond(gap.first()) || isBeyond(gap.last()) || gap.last() < gap.first()) {
        return "a gap is no range: " + gap.first() + " to " + gap.last();
      }
      if (gap.first() < next) {
        return "a gap begins at " + gap.first() + ", below what the window told before: " + next;
      }
      next = gap.last() + 1;
    }
    for (int i = 0; i < message.eventCount(); i++) {
      long sequence = message.sequence(i);
      if (isBeyond(sequence) || sequence < next) {
        return "events do not rise: "
            + Long.toUnsignedString(sequence)
            + " where "
            + next
            + " or more was to come";
      }
      next = sequence + 1;
    }
    return null;
  }

  private static boolean isBeyond(long sequence) {
    return sequence < 0 || sequence == Long.MAX_VALUE;
  }
}
