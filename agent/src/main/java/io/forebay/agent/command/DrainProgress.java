package io.forebay.agent.command;

import io.forebay.agent.terminal.Amounts;
import io.forebay.core.delivery.DeliverySnapshot;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Prints how a drain goes on. On a terminal a short line that is written over, and now and then one
 * with the whole reason why it does not, which stays; elsewhere a line now and then. Not thread
 * safe.
 */
final class DrainProgress implements Consumer<DeliverySnapshot> {

  private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  /** To the start of the line, which is empty then. */
  private static final String CLEAR = "\r\u001b[K";

  private final String node;
  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanoClock;
  private long nextAtNanos;

  DrainProgress(String node, PrintWriter out, boolean terminal, LongSupplier nanoClock) {
    this.node = node;
    this.out = out;
    this.terminal = terminal;
    this.nanoClock = nanoClock;
    this.nextAtNanos = nanoClock.getAsLong() + (terminal ? 0 : EVERY_NANOS);
  }

  @Override
  public void accept(DeliverySnapshot now) {
    String why = now.why();
    String whole = line(now) + (why == null ? "" : "; " + why);
    boolean due = nanoClock.getAsLong() - nextAtNanos >= 0 && (!terminal || why != null);
    if (due) {
      nextAtNanos = nanoClock.getAsLong() + EVERY_NANOS;
      out.println((terminal ? CLEAR : "") + whole);
    }
    if (terminal) {
      out.print(CLEAR + line(now));
    }
    out.flush();
  }

  /** Takes away the line that is written over. */
  void end() {
    if (terminal) {
      out.print(CLEAR);
      out.flush();
    }
  }

  private String line(DeliverySnapshot now) {
    return node
        + ": "
        + now.state()
        + ", "
        + Amounts.count(now.bufferedItems())
        + " left, "
        + Amounts.count(now.deliveredItems())
        + " delivered, "
        + String.format(Locale.ROOT, "%,.0f/s", now.drainItemsPerSecond());
  }
}
