package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.ProgressBar;
import io.forebay.queue.QueueRepair;
import io.forebay.queue.QueueRepair.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue repair}. */
@Command(
    name = "repair",
    description = {
      "Leave out of a queue what cannot be read, now instead of when the agent gets there; says first what that"
          + " is, and asks.",
      "Copies the damaged bytes to another place. What can be read stays as it is, and the segments are not"
          + " rewritten. Refuses while an agent uses the queue; --dry-run reads only, and does not.",
      "",
      "Exit code 0: repaired, or there is nothing to repair. 1: with --dry-run there is; or the answer was no."
    })
final class QueueRepairCommand implements Callable<Integer> {

  private static final int SHOWN = 20;

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(paramLabel = "QUEUE", description = "A queue's directory, or with -c its node.")
  String queue = "";

  @Option(
      names = "--evidence",
      paramLabel = "DIR",
      description = "Where the damaged bytes are copied. Default: beside the queue, QUEUE-damaged")
  @Nullable Path evidence;

  @Option(names = "--dry-run", description = "Only say what is wrong.")
  boolean dryRun;

  @Option(names = "--yes", description = "Do not ask.")
  boolean yes;

  @Mixin JsonOption json = new JsonOption();

  QueueRepairCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation location = selection.existing(Kind.QUEUE, queue);
    Path directory = location.directory();
    CommandLog.quiet(context, "error"); // what it would warn of is told here
    if (!dryRun) {
      new ChangeCheck(context).before(location);
    }
    try {
      Outcome plan;
      try (ProgressBar bar = bar("reading " + location.title())) {
        plan = QueueRepair.plan(directory, bar::at);
      }
      if (!json.wanted) {
        tell(location, plan, context.out());
      }
      if (!plan.needed() || dryRun) {
        return end(location, plan, !plan.needed());
      }
      if (!yes && !new Confirmation(context).ask("Leave this out?")) {
        return end(location, plan, false);
      }
      Outcome done;
      try (ProgressBar bar = bar("repairing " + location.title())) {
        done = QueueRepair.repair(directory, evidence(directory), bar::at);
      }
      if (!json.wanted) {
        done.evidence().forEach(copy -> context.out().println("  kept: " + copy));
        context.out().println(result(location, done));
      }
      return end(location, done, true);
    } catch (IOException e) {
      throw QueueSelection.failed(e, directory);
    }
  }

  private ProgressBar bar(String title) {
    return new ProgressBar(context.err(), context.errIsTerminal(), title, 0, System::nanoTime);
  }

  private Path evidence(Path directory) {
    Path chosen = evidence;
    return chosen != null ? chosen : directory.resolveSibling(directory.getFileName() + "-damaged");
  }

  private static void tell(QueueLocation location, Outcome plan, PrintWriter out) {
    if (!plan.needed()) {
      out.println(location.title() + ": nothing to repair");
      return;
    }
    out.println(location.title() + ":");
    if (plan.stateForeign()) {
      out.println(
          "  the state file belongs to another queue; it is put aside, and all records on disk come again");
    }
    if (plan.stateLost()) {
      out.println(
          "  there is no sound state file; it is made anew, and all records on disk come again");
    }
    plan.damages().stream()
        .limit(SHOWN)
        .forEach(damage -> out.println("  " + QueueCheckCommand.describe(damage)));
    if (plan.damages().size() > SHOWN) {
      out.println("  and " + Amounts.count(plan.damages().size() - SHOWN) + " more");
    }
    if (plan.lostRecords() > 0) {
      out.println(
          "  "
              + Amounts.count(plan.lostRecords(), "record")
              + " cannot be read and will be left out");
    }
    out.flush();
  }

  private static String result(QueueLocation location, Outcome done) {
    return location.title()
        + ": repaired, "
        + Amounts.count(done.lostRecords(), "record")
        + " left out"
        + (done.complete()
            ? ""
            : "; the last of them are found again, and counted, when the agent reads");
  }

  private int end(QueueLocation location, Outcome outcome, boolean well) {
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    QueueJson.location(out, location);
                    out.writeBooleanProperty("well", well);
                    QueueJson.repair(out, outcome);
                  }));
    }
    context.out().flush();
    return (well ? ExitCode.OK : ExitCode.FAILURE).value();
  }
}
