package io.forebay.agent.command;

import io.forebay.agent.terminal.Style;
import io.forebay.core.config.Problems;
import java.io.PrintWriter;

/** Prints what is wrong with a pipeline file as compilers do, in colour where that helps. */
final class ProblemPrinter {

  private ProblemPrinter() {}

  static void print(Problems problems, PrintWriter out, Style style) {
    problems.render().lines().forEach(line -> out.println(paint(line, style)));
    out.flush();
  }

  private static String paint(String line, Style style) {
    if (!style.coloured()) {
      return line;
    }
    if (line.startsWith("  hint: ")) {
      return style.cyan("  hint:") + line.substring("  hint:".length());
    }
    if (line.startsWith("      | ")) {
      return style.green(line);
    }
    if (line.startsWith(" ")) {
      return style.faint(line);
    }
    return line.replaceFirst(": error: ", ": " + style.red("error:") + " ")
        .replaceFirst(": warning: ", ": " + style.yellow("warning:") + " ")
        .replaceFirst(": note: ", ": " + style.cyan("note:") + " ");
  }
}
