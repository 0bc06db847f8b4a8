package io.forebay.agent.command;

import io.forebay.agent.queue.Adoption;
import io.forebay.agent.queue.Adoption.Outcome;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.queue.QueueStatus.State;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.ProgressBar;
import io.forebay.queue.QueueSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code forebay queue adopt}. */
@Command(
    name = "adopt",
    description = {
      "Take a queue over whose node was renamed, or whose host is gone: FROM becomes TO, or goes behind what TO"
          + " holds, and FROM is removed.",
      "A record leaves FROM once it is on the disk in TO. Killed at any point, it can be run again and goes on"
          + " where it was. Refuses while an agent uses one of the queues."
    })
final class QueueAdoptCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(index = "0", paramLabel = "FROM", description = "The directory of the queue.")
  Path from = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "TO",
      description = "A queue's directory, or with -c its node; either may not be on disk yet.")
  String to = "";

  @Mixin JsonOption json = new JsonOption();

  QueueAdoptCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation source = QueueLocation.directory(from);
    QueueLocation target = selection.findOrMake(Kind.QUEUE, to);
    check(source, target);
    if (!Files.exists(source.directory())) {
      return sourceIsGone(source, target);
    }
    QueueSummary summary = QueueStatus.of(source).summary();
    long bytes = summary == null ? 0 : summary.backlogBytes();
    long records = summary == null ? 0 : summary.records();
    Outcome outcome;
    try (ProgressBar bar =
        new ProgressBar(
            context.err(),
            context.errIsTerminal(),
            "adopting " + source.directory(),
            bytes,
            System::nanoTime)) {
      Adoption.Progress progress =
          (step, done) -> bar.at(records == 0 ? 0 : (long) (1.0 * bytes * done / records));
      outcome = new Adoption(source, target, progress).run();
    } catch (IOException e) {
      throw QueueSelection.failed(e, source.directory());
    }
    print(source, target, outcome);
    return (outcome.damaged() == 0 ? ExitCode.OK : ExitCode.FAILURE).value();
  }

  private static void check(QueueLocation source, QueueLocation target) {
    Path one = source.directory();
    Path other = target.directory();
    if (one.startsWith(other) || other.startsWith(one)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          one.equals(other)
              ? one + " is both FROM and TO"
              : one
                  + " and "
                  + other
                  + " lie within each other; a queue has a directory of its own");
    }
  }

  /** As after a run that was killed in its last moment. */
  private int sourceIsGone(QueueLocation source, QueueLocation target) {
    QueueSummary summary = QueueStatus.of(target).summary();
    if (summary == null) {
      throw new CommandFailure(ExitCode.USAGE, "there is no queue in " + source.directory());
    }
    if (json.wanted) {
      print(source, target, new Outcome(0, 0, 0, false, true));
    } else {
      context
          .out()
          .println(
              "there is nothing in "
                  + source.directory()
                  + " (any more); "
                  + target.directory()
                  + " holds "
                  + Amounts.count(summary.records(), "record"));
      context.out().flush();
    }
    return ExitCode.OK.value();
  }

  private void print(QueueLocation source, QueueLocation target, Outcome outcome) {
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    out.writeStringProperty("from", source.directory().toString());
                    out.writeStringProperty("to", target.directory().toString());
                    out.writeNumberProperty("records", outcome.records());
                    out.writeNumberProperty("already_there", outcome.present());
                    out.writeNumberProperty("unreadable", outcome.damaged());
                    out.writeBooleanProperty("renamed", outcome.renamed());
                    out.writeBooleanProperty("removed", outcome.sourceRemoved());
                  }));
    } else {
      context.out().println(text(source, target, outcome));
      QueueStatus after = QueueStatus.of(target);
      if (target.options() != null
          && after.state() == State.BACKLOG
          && after.summary() != null
          && after.summary().diskBytes() > target.options().maxBytes()) {
        context
            .out()
            .println(
                "  it is larger than max_byte_size ("
                    + Amounts.bytes(target.options().maxBytes())
                    + "): until some is delivered the agent drops or refuses as overflow says; raise"
                    + " max_byte_size before it starts");
      }
    }
    context.out().flush();
  }

  private static String text(QueueLocation source, QueueLocation target, Outcome outcome) {
    String moved =
        source.directory()
            + (outcome.renamed() ? " is now " : " was added to ")
            + target.directory()
            + ": "
            + Amounts.count(outcome.records(), "record");
    String before =
        outcome.present() == 0
            ? ""
            : ", and " + Amounts.count(outcome.present()) + " that an earlier run had copied";
    String damage =
        outcome.damaged() == 0
            ? ""
            : "; " + Amounts.count(outcome.damaged(), "record") + " could not be read";
    String kept =
        outcome.sourceRemoved()
            ? ""
            : "; "
                + source.directory()
                + " is empty, and stays for the copies of damaged bytes in it";
    return moved + before + damage + kept;
  }
}
