package io.forebay.agent.terminal;

import java.io.Closeable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a long task is, redrawn in place on a terminal; nothing where nobody looks, and nothing
 * for what is done within a moment. Not thread safe.
 */
public final class ProgressBar implements Closeable {

  private static final long FIRST_AFTER_NANOS = Duration.ofMillis(700).toNanos();
  private static final long EVERY_NANOS = Duration.ofMillis(200).toNanos();
  private static final int CELLS = 24;

  private final PrintWriter err;
  private final boolean shown;
  private final String title;
  private final long total;
  private final LongSupplier nanos;
  private final long begin;
  private long nextAt;
  private boolean drawn;

  /**
   * @param shown whether {@code err} is a terminal
   * @param total bytes that are to be worked through; 0 when nobody knows
   */
  public ProgressBar(PrintWriter err, boolean shown, String title, long total, LongSupplier nanos) {
    this.err = err;
    this.shown = shown;
    this.title = title;
    this.total = total;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
    this.nextAt = begin + FIRST_AFTER_NANOS;
  }

  /** So many bytes are done. */
  public void at(long done) {
    if (!shown) {
      return;
    }
    long now = nanos.getAsLong();
    if (now < nextAt) {
      return;
    }
    nextAt = now + EVERY_NANOS;
    drawn = true;
    err.print("\r\u001b[K" + line(done, (now - begin) / 1e9));
    err.flush();
  }

  private String line(long done, double seconds) {
    double perSecond = seconds > 0 ? done / seconds : 0;
    String rate = Amounts.bytes((long) perSecond) + "/s";
    if (total <= 0) {
      return title + "  " + Amounts.bytes(done) + "  " + rate;
    }
    double share = Math.min(1, (double) done / total);
    int full = (int) (share * CELLS);
    Duration rest =
        Duration.ofSeconds(perSecond < 1 ? 0 : (long) (Math.max(0, total - done) / perSecond));
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %3.0f %%  %s  %s left",
        title,
        "#".repeat(full),
        ".".repeat(CELLS - full),
        share * 100,
        rate,
        Amounts.age(rest));
  }

  /** Takes the bar away again. */
  @Override
  public void close() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }
}
