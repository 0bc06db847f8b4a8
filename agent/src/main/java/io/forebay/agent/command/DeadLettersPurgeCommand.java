package io.forebay.agent.command;

import io.forebay.agent.queue.DeadLetterSweep;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.RecordFilter;
import io.forebay.agent.terminal.Amounts;
import io.forebay.queue.QueuePurge;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue dead-letters purge}. */
@Command(
    name = "purge",
    description = {
      "Remove dead letters, for good; asks first, and says what it removed. Refuses while an agent uses them."
    })
final class DeadLettersPurgeCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      paramLabel = "LETTERS",
      description = "The directory of dead letters, or with -c their node.")
  String letters = "";

  @Mixin DeadLetterFilterOptions filter = new DeadLetterFilterOptions();

  @Option(names = "--yes", description = "Do not ask.")
  boolean yes;

  @Mixin JsonOption json = new JsonOption();

  DeadLettersPurgeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation location = selection.existing(Kind.DEAD_LETTERS, letters);
    new ChangeCheck(context).before(location);
    RecordFilter wanted = filter.filter();
    DeadLetterSweep sweep = new DeadLetterSweep(location, wanted);
    try {
      if (!yes) {
        long count = sweep.count();
        String question =
            location.title() + ": remove " + Amounts.count(count, "dead letter") + "?";
        if (count > 0 && !new Confirmation(context).ask(question)) {
          context.out().println("nothing was removed");
          context.out().flush();
          return ExitCode.FAILURE.value();
        }
      }
      long removed =
          wanted.isEverything()
              ? QueuePurge.purge(location.directory()).records()
              : sweep.run(null, taken -> {}).taken();
      if (json.wanted) {
        context
            .out()
            .print(
                QueueJson.object(
                    out -> {
                      QueueJson.location(out, location);
                      out.writeNumberProperty("removed", removed);
                    }));
      } else {
        context
            .out()
            .println(location.title() + ": removed " + Amounts.count(removed, "dead letter"));
      }
      context.out().flush();
      return ExitCode.OK.value();
    } catch (IOException e) {
      throw QueueSelection.failed(e, location.directory());
    }
  }
}
