package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueRoom;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.queue.QueueStatus.State;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.Style;
import io.forebay.queue.QueueSummary;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Queues as a table, one a line. */
final class QueueTable {

  private static final List<String> HEAD =
      List.of(
          "QUEUE", "RECORDS", "BYTES", "ON DISK", "LEFT", "OLDEST", "STATE", "IN USE", "DIRECTORY");
  private static final int LEFT = HEAD.indexOf("LEFT");
  private static final int LAST_NUMBER = HEAD.indexOf("OLDEST");

  private final Style style;
  private final Clock clock;
  private final Function<QueueStatus, @Nullable QueueRoom> rooms;

  /**
   * @param rooms by how much a queue can grow; null where nobody knows
   */
  QueueTable(Style style, Clock clock, Function<QueueStatus, @Nullable QueueRoom> rooms) {
    this.style = style;
    this.clock = clock;
    this.rooms = rooms;
  }

  void print(List<QueueStatus> queues, PrintWriter out) {
    List<List<String>> rows = new ArrayList<>();
    queues.forEach(queue -> rows.add(row(queue)));
    int[] widths = new int[HEAD.size()];
    for (int column = 0; column < HEAD.size(); column++) {
      widths[column] = HEAD.get(column).length();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    if (queues.stream().allMatch(queue -> rooms.apply(queue) == null)) {
      widths[LEFT] = 0; // without a pipeline file nobody knows
    }
    out.println(style.bold(line(HEAD, widths)));
    for (int i = 0; i < rows.size(); i++) {
      String line = line(rows.get(i), widths);
      String trouble = queues.get(i).trouble();
      out.println(
          trouble != null
              ? style.red(line)
              : queues.get(i).state() == State.ABSENT ? style.faint(line) : line);
      if (trouble != null) {
        out.println("  " + trouble);
      }
      String note = queues.get(i).note();
      if (note != null) {
        out.println("  " + style.yellow(note));
      }
    }
  }

  private List<String> row(QueueStatus queue) {
    QueueSummary summary = queue.summary();
    QueueRoom room = rooms.apply(queue);
    Kind kind = queue.location().kind();
    String name =
        switch (kind) {
          case QUEUE -> queue.location().node();
          case DEAD_LETTERS -> queue.location().title();
          case DIRECTORY -> "-";
          case ORPHAN, ORPHANED_LETTERS ->
              (queue.location().node() + " (" + kind.word() + ")").strip();
        };
    String holder = queue.holder().isPresent() ? "pid " + queue.holder().getAsLong() : "no";
    return List.of(
        name,
        summary == null ? "-" : Amounts.count(summary.records()),
        summary == null ? "-" : Amounts.bytes(summary.backlogBytes()),
        summary == null ? "-" : Amounts.bytes(summary.diskBytes()),
        room == null ? "-" : Amounts.bytes(room.bytes()),
        oldest(summary),
        queue.state().word(),
        holder,
        queue.location().directory().toString());
  }

  private String oldest(@Nullable QueueSummary summary) {
    return summary == null || summary.oldestMillis() == 0
        ? "-"
        : Amounts.age(Duration.ofMillis(clock.millis() - summary.oldestMillis()));
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      if (widths[i] == 0) {
        continue;
      }
      String blanks = " ".repeat(widths[i] - cells.get(i).length());
      boolean number = i >= 1 && i <= LAST_NUMBER;
      line.append(number ? blanks + cells.get(i) : cells.get(i) + blanks).append("  ");
    }
    return line.toString().stripTrailing();
  }
}
