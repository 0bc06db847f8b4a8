package io.forebay.agent.command;

import io.forebay.agent.queue.FrontSkip;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.terminal.Amounts;
import io.forebay.queue.QueueInspector;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue skip}. */
@Command(
    name = "skip",
    description = {
      "Move the records in front of a destination's queue to its dead letters, so that what follows can be"
          + " delivered; asks first.",
      "For strict_ordering, where one item that the receiver does not take keeps all others waiting. Refuses while"
          + " an agent uses the queue. dead-letters replay puts them back."
    })
final class QueueSkipCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(paramLabel = "NODE", description = "The destination, of the file that -c names.")
  String node = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "SEQ",
      description = "Up to this sequence number, itself included.")
  long to;

  @Option(names = "--yes", description = "Do not ask.")
  boolean yes;

  @Mixin JsonOption json = new JsonOption();

  QueueSkipCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (to < 0) {
      throw new CommandFailure(ExitCode.USAGE, "--to " + to + ": sequence numbers begin with 0");
    }
    CommandLog.quiet(context, "error");
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation queue = selection.existing(Kind.QUEUE, node);
    QueueLocation letters =
        selection.all().stream()
            .filter(other -> other.kind() == Kind.DEAD_LETTERS && other.node().equals(queue.node()))
            .findFirst()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitCode.USAGE,
                        "where its dead letters lie tells only a pipeline file: name it with -c, and the"
                            + " destination"));
    new ChangeCheck(context).before(queue);
    new ChangeCheck(context).before(letters);
    FrontSkip skip = new FrontSkip(queue, letters, to, Clock.systemUTC());
    try {
      requireReached(queue);
      long count = skip.count();
      if (count > 0 && !yes && !new Confirmation(context).ask(question(queue, letters, count))) {
        context.out().println("nothing was moved");
        context.out().flush();
        return ExitCode.FAILURE.value();
      }
      report(queue, letters, count == 0 ? 0 : skip.run());
      return ExitCode.OK.value();
    } catch (IOException e) {
      throw QueueSelection.failed(e, queue.directory());
    }
  }

  /** A number that is yet to come is a mistyped one. */
  private void requireReached(QueueLocation queue) throws IOException {
    long next = new QueueInspector(queue.directory()).summary().nextSequence();
    if (to >= next) {
      throw new CommandFailure(
          ExitCode.USAGE,
          queue.title()
              + ": there is no record "
              + to
              + (next == 0 ? "; none ever came" : "; the last that came is " + (next - 1))
              + ". Nothing was moved");
    }
  }

  private String question(QueueLocation queue, QueueLocation letters, long count) {
    return queue.title()
        + ": "
        + Amounts.count(count, "record")
        + " in front, up to number "
        + to
        + ", will not be delivered but go to "
        + letters.directory()
        + ". Move them?";
  }

  private void report(QueueLocation queue, QueueLocation letters, long moved) {
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    QueueJson.location(out, queue);
                    out.writeStringProperty("into", letters.directory().toString());
                    out.writeNumberProperty("moved", moved);
                  }));
    } else {
      context
          .out()
          .println(
              queue.title()
                  + ": "
                  + (moved == 0
                      ? "no record up to number " + to + " waits; nothing was moved"
                      : Amounts.count(moved, "record") + " moved to " + letters.directory()));
    }
    context.out().flush();
  }
}
