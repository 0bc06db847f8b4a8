package io.forebay.agent.demo;

import io.forebay.agent.terminal.Style;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The demo's account of every item.
 *
 * @param planned items that both sources make in all
 * @param interrupted whether the demo was stopped before its end, so that fewer were made
 * @param received items that the agent's destination took over
 * @param delivered items that the receiver acknowledged to the agent
 * @param buffered items in the agent's memory and queue
 * @param deadLettered items kept as dead letters
 * @param dropped items given up, by reason
 * @param arrived what the receiver says
 */
record Ledger(
    long planned,
    boolean interrupted,
    long received,
    long delivered,
    long buffered,
    long deadLettered,
    Map<String, Long> dropped,
    ReceivedItems.Totals arrived) {

  Ledger {
    dropped = new TreeMap<>(dropped);
  }

  private long droppedInAll() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether the agent's own account adds up. */
  boolean isConserved() {
    return received == delivered + buffered + deadLettered + droppedInAll();
  }

  /**
   * Whether the receiver agrees: everything that the agent counts as delivered is there, and
   * nothing is missing that the agent does not still hold. The receiver may have more than the
   * agent knows of, since an answer can be lost.
   */
  boolean isConfirmed() {
    long missing = received - deadLettered - droppedInAll() - arrived.distinct();
    return arrived.distinct() >= delivered && missing <= buffered;
  }

  /** Whether every item that was made got as far as the destination. */
  boolean isComplete() {
    return interrupted || received == planned;
  }

  boolean addsUp() {
    return isConserved() && isConfirmed() && isComplete();
  }

  /** For people; ends with a line feed. */
  String render(Style style) {
    StringBuilder out = new StringBuilder(1024);
    out.append(style.bold("Ledger of the agent")).append('\n');
    line(
        out,
        "received",
        received,
        "of " + number(planned) + (interrupted ? " planned; stopped early" : ""));
    line(out, "delivered", delivered, "");
    line(out, "buffered", buffered, "");
    line(out, "dead letters", deadLettered, "");
    if (dropped.isEmpty()) {
      line(out, "dropped", 0, "");
    }
    dropped.forEach((reason, count) -> line(out, "dropped {" + reason + "}", count, ""));
    out.append("  received = delivered + buffered + dead letters + dropped: ");
    out.append(verdict(style, isConserved())).append('\n');
    out.append(style.bold("What the receiver says")).append('\n');
    line(out, "different items", arrived.distinct(), "");
    line(out, "duplicates", arrived.duplicates(), "sent again, as an answer was lost");
    line(out, "out of order", arrived.outOfOrder(), "backlog beside new data");
    line(out, "gaps", arrived.gaps(), "");
    out.append("  nothing lost: ").append(verdict(style, isConfirmed())).append('\n');
    return out.toString();
  }

  private static String verdict(Style style, boolean good) {
    return good ? style.green("yes") : style.red("NO");
  }

  private static void line(StringBuilder out, String what, long count, String remark) {
    out.append(String.format("  %-26s %12s", what, number(count)));
    if (!remark.isEmpty() && count > 0) {
      out.append("   ").append(remark);
    }
    out.append('\n');
  }

  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
