package io.forebay.agent.command;

import io.forebay.agent.rehearsal.Advice;
import io.forebay.agent.rehearsal.Figures;
import io.forebay.agent.rehearsal.Load;
import io.forebay.agent.rehearsal.Rehearsal.Result;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.Style;
import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.queue.Compression;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code forebay rehearse} prints for people. */
final class RehearsalText {

  /** What cannot wait when memory is full. */
  static final String LOSSY_SOURCE = "udp_input";

  private final PipelineGraph graph;
  private final Load load;
  private final Style style;

  RehearsalText(PipelineGraph graph, Load load, Style style) {
    this.graph = graph;
    this.load = load;
    this.style = style;
  }

  List<String> lines(List<Result> results) {
    List<String> lines = new ArrayList<>();
    long items = load.outageItems();
    lines.add(
        "An outage of "
            + Amounts.age(load.outage())
            + " at "
            + rate(load.itemsPerSecond())
            + " of "
            + Amounts.bytes(load.itemBytes())
            + ": "
            + Amounts.count(items, "item")
            + ", "
            + Amounts.bytes(items * load.itemBytes())
            + "; then the receiver takes "
            + (load.recoveredItemsPerSecond() == 0
                ? "all it is given."
                : rate(load.recoveredItemsPerSecond()) + "."));
    lines.add(
        "Rehearsed with the agent's own delivery and queue, in virtual time and on a disk in memory. Each");
    lines.add("destination was given all items: what filters and routes take out comes on top.");
    lines.add("The disk is taken to be fast enough, and to have room for all bounds of the file.");
    for (Result result : results) {
      lines.add("");
      destination(result, lines);
    }
    together(results, lines);
    return lines;
  }

  /** Each was alone with the budget. */
  private void together(List<Result> results, List<String> lines) {
    DiskBudgetSettings budget = graph.settings().diskBudget();
    DataSize max = budget == null ? null : budget.maxByteSize();
    if (max == null) {
      return;
    }
    long peaks = results.stream().mapToLong(result -> result.figures().peakDiskBytes()).sum();
    String text =
        "Each was alone with settings.disk_budget, all other queues empty. All peaks together: "
            + Amounts.bytes(peaks)
            + " of "
            + Amounts.bytes(max.bytes())
            + " (disk_budget.max_byte_size)";
    lines.add("");
    lines.add(
        peaks <= max.bytes()
            ? text + "."
            : text + style.red(": in an outage of all at once they overflow earlier."));
  }

  private void destination(Result result, List<String> lines) {
    Figures figures = result.figures();
    PersistentQueueSettings queue = result.settings().persistentQueue();
    lines.add(style.bold(result.node()) + " (" + result.type() + "), " + describe(queue));
    if (result.parts() > 1) {
      lines.add(
          "  to keep it short, rate and bounds were divided by "
              + result.parts()
              + "; the figures are multiplied, and good to some per cent");
    }
    if (queue != null && queue.compression() != Compression.NONE) {
      lines.add(
          "  compression is left out, since it depends on the items: figures on disk are the most");
    }
    if (queue != null) {
      long own = queue.maxByteSize().bytes();
      Long shared = result.budgetBytes();
      lines.add(
          row("peak on disk")
              + Amounts.bytes(figures.peakDiskBytes())
              + " of "
              + (shared == null || shared >= own
                  ? Amounts.bytes(own)
                  : Amounts.bytes(shared) + ", which settings.disk_budget leaves it"));
    }
    lines.add(
        row("peak in memory")
            + Amounts.bytes(figures.peakMemoryBytes())
            + ", "
            + Amounts.count(figures.peakMemoryItems(), "item"));
    lines.add(row("dropped") + dropped(figures));
    waiting(figures, lines);
    lines.add(row("drained") + drained(figures));
    Advice advice = result.advice();
    if (advice != null) {
      lines.add(row("to lose nothing") + style.bold(advice(advice)));
    }
  }

  private static String describe(@Nullable PersistentQueueSettings queue) {
    if (queue == null) {
      return "no persistent_queue";
    }
    return "mode "
        + queue.mode().name().toLowerCase(Locale.ROOT)
        + (queue.strictOrdering() ? ", strict_ordering" : "")
        + ", overflow "
        + queue.overflow().name().toLowerCase(Locale.ROOT)
        + (queue.drainRateLimit() > 0 ? ", drain_rate_limit " + queue.drainRateLimit() : "")
        + (queue.maxAge() == null ? "" : ", max_age " + Amounts.age(queue.maxAge()));
  }

  private String dropped(Figures figures) {
    Duration first = figures.firstDrop();
    if (figures.lost() == 0 || first == null) {
      return style.green("nothing");
    }
    String reasons =
        new TreeMap<>(figures.dropped())
            .entrySet().stream().map(RehearsalText::reason).collect(Collectors.joining(", "));
    return style.red(
        reasons + "; the first " + Amounts.age(first) + " after the receiver went away");
  }

  private static String reason(Map.Entry<String, Long> reason) {
    return Amounts.count(reason.getValue(), "item") + " (" + reason.getKey() + ")";
  }

  private void waiting(Figures figures, List<String> lines) {
    Duration from = figures.waitingFrom();
    if (from == null) {
      return;
    }
    lines.add(
        row("sources wait")
            + style.yellow(
                "from "
                    + Amounts.age(from)
                    + " after the receiver went away, with "
                    + Amounts.count(figures.waitingAtSources(), "item")
                    + " in the end"));
    String lossy =
        graph.nodes(NodeKind.SOURCE).stream()
            .filter(source -> source.type().equals(LOSSY_SOURCE))
            .map(PipelineGraph.Node::name)
            .collect(Collectors.joining(", "));
    lines.add(
        row("")
            + "files wait, clients are refused or slowed"
            + (lossy.isEmpty() ? "" : style.red("; " + lossy + " cannot wait and loses them")));
  }

  private String drained(Figures figures) {
    Duration drained = figures.drained();
    if (drained == null) {
      return style.red("never: the backlog does not shrink");
    }
    return Amounts.age(drained)
        + " after the receiver came back"
        + (figures.extrapolated() ? ", reckoned from the pace of the first part" : "");
  }

  private static String advice(Advice advice) {
    List<String> keys = new ArrayList<>();
    keys.add(
        (advice.needsQueue() ? "a persistent_queue with " : "")
            + "max_byte_size: "
            + size(advice.maxByteSize()));
    Long budget = advice.diskBudget();
    if (budget != null) {
      keys.add("settings.disk_budget.max_byte_size: " + size(budget));
    }
    Integer drain = advice.drainRateLimit();
    if (drain != null) {
      keys.add("drain_rate_limit: " + drain + " or more, or 0 for no limit");
    }
    Duration age = advice.maxAge();
    if (age != null) {
      keys.add("max_age: " + age.toMinutes() + "m");
    }
    String text = String.join(", ", keys);
    Duration drained = advice.drained();
    return drained == null
        ? text
            + " lasts for the outage, but the backlog never drains: the receiver takes no more than comes"
        : text;
  }

  /** As the pipeline file takes it. */
  private static String size(long bytes) {
    return Amounts.bytes(bytes).replace(" ", "").replace("kB", "KB");
  }

  private static String rate(double itemsPerSecond) {
    return itemsPerSecond >= 1
        ? String.format(Locale.ROOT, "%,.0f/s", itemsPerSecond)
        : String.format(Locale.ROOT, "%.2g/s", itemsPerSecond);
  }

  private static String row(String name) {
    return String.format(Locale.ROOT, "  %-17s", name);
  }
}
