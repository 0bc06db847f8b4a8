package io.forebay.agent.demo;

import io.forebay.agent.terminal.Style;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows the demo while it runs. Not thread safe. */
sealed interface DemoView {

  /** Shows this moment in place of the one before. */
  void show(DemoFrame frame);

  /** Redraws a few lines in place, for a terminal. */
  final class Live implements DemoView {

    private static final int MAX_WIDTH = 78;

    private final PrintWriter out;
    private final Style style;
    private int shownLines;

    Live(PrintWriter out, Style style) {
      this.out = out;
      this.style = style;
    }

    @Override
    public void show(DemoFrame frame) {
      String[] lines = {
        style.bold(String.format(Locale.ROOT, "%5.1f s  %s", frame.seconds(), frame.caption())),
        "  receiver        " + (frame.receiverOn() ? style.green("up") : style.red("DOWN")),
        "  state           " + state(frame),
        row("in", frame.inPerSecond(), frame.received()),
        row("out", frame.outPerSecond(), frame.delivered()),
        String.format(
            "  buffered        %,9d items   %s",
            frame.bufferedItems(), bytes(frame.bufferedBytes())),
        "  time to drain   " + drain(frame),
      };
      StringBuilder text = new StringBuilder();
      if (shownLines > 0) {
        text.append("\u001b[").append(shownLines).append('A');
      }
      for (String line : lines) {
        text.append("\r\u001b[K").append(line).append('\n');
      }
      shownLines = lines.length;
      out.print(text);
      out.flush();
    }

    private String state(DemoFrame frame) {
      String why = frame.why();
      String shown =
          switch (frame.state()) {
            case "DIRECT" -> style.green(frame.state());
            case "DRAINING" -> style.cyan(frame.state());
            default -> style.yellow(frame.state());
          };
      if (why == null) {
        return shown;
      }
      int room = MAX_WIDTH - 20 - frame.state().length();
      return shown + "  " + style.faint(why.length() > room ? why.substring(0, room) : why);
    }

    private static String row(String name, double rate, long total) {
      return String.format(
          Locale.ROOT, "  %-15s %,9.0f items/s %,9d items in all", name, rate, total);
    }
  }

  /** A line a second, for a file or a pipe. */
  final class Plain implements DemoView {

    private final PrintWriter out;
    private double nextSecond;

    Plain(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void show(DemoFrame frame) {
      if (frame.seconds() < nextSecond) {
        return;
      }
      nextSecond = Math.floor(frame.seconds()) + 1;
      out.printf(
          Locale.ROOT,
          "%3.0fs receiver=%s state=%s in=%.0f/s out=%.0f/s buffered=%d items, %s drain=%s  %s%n",
          Math.floor(frame.seconds()),
          frame.receiverOn() ? "up" : "down",
          frame.state(),
          frame.inPerSecond(),
          frame.outPerSecond(),
          frame.bufferedItems(),
          bytes(frame.bufferedBytes()),
          drain(frame),
          frame.caption());
      out.flush();
    }
  }

  private static String drain(DemoFrame frame) {
    if (frame.secondsToDrain() < 0) {
      return "-";
    }
    return String.format(Locale.ROOT, "%.1fs", frame.secondsToDrain());
  }

  private static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
  }
}
