package io.forebay.agent.command;

import io.forebay.agent.queue.DeadLetterSweep;
import io.forebay.agent.queue.DeadLetterSweep.Outcome;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.terminal.Amounts;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue dead-letters replay}. */
@Command(
    name = "replay",
    description = {
      "Put the items of dead letters back into their destination's queue, behind what is there; the agent, or queue"
          + " drain, sends them.",
      "A letter is removed once its item is on the disk in the queue. Killed on the way, it can be run again; some"
          + " may then be sent twice. Refuses while an agent uses them."
    })
final class DeadLettersReplayCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      paramLabel = "LETTERS",
      description = "The directory of dead letters, or with -c their node.")
  String letters = "";

  @Mixin DeadLetterFilterOptions filter = new DeadLetterFilterOptions();

  @Option(
      names = "--into",
      paramLabel = "QUEUE",
      description = "Another queue than the node's own: a directory, or with -c a node.")
  @Nullable String into;

  @Mixin JsonOption json = new JsonOption();

  DeadLettersReplayCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation location = selection.existing(Kind.DEAD_LETTERS, letters);
    QueueLocation target = target(selection, location);
    QueueSelection.requireNotMissing(target);
    new ChangeCheck(context).before(location);
    new ChangeCheck(context).before(target);
    try {
      Outcome outcome = new DeadLetterSweep(location, filter.filter()).run(target, taken -> {});
      if (json.wanted) {
        context
            .out()
            .print(
                QueueJson.object(
                    out -> {
                      QueueJson.location(out, location);
                      out.writeStringProperty("into", target.directory().toString());
                      out.writeNumberProperty("replayed", outcome.taken());
                    }));
      } else {
        context
            .out()
            .println(
                location.title()
                    + ": "
                    + Amounts.count(outcome.taken(), "item")
                    + " back in "
                    + target.directory());
      }
      context.out().flush();
      return ExitCode.OK.value();
    } catch (IOException e) {
      throw QueueSelection.failed(e, location.directory());
    }
  }

  private QueueLocation target(QueueSelection selection, QueueLocation location) {
    String chosen = into;
    if (chosen != null) {
      return selection.findToFill(Kind.QUEUE, chosen);
    }
    return selection.all().stream()
        .filter(queue -> queue.kind() == Kind.QUEUE && queue.node().equals(location.node()))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.USAGE,
                    (location.node().isEmpty()
                            ? "whose letters these are tells only a pipeline file: name it with -c, and the node"
                            : "node '"
                                + location.node()
                                + "' has no persistent_queue to put them into")
                        + "; or name a queue with --into. To send the items some other way: forebay queue"
                        + " dead-letters cat --items"));
  }
}
