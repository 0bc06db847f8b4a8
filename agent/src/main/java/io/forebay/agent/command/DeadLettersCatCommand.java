package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.RecordForm;
import io.forebay.queue.ScanOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forebay queue dead-letters cat}. */
@Command(
    name = "cat",
    description = {"Print dead letters, one a line: NDJSON.", "Safe beside a running agent."})
final class DeadLettersCatCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      paramLabel = "LETTERS",
      description = "The directory of dead letters, or with -c their node.")
  String letters = "";

  @Mixin DeadLetterFilterOptions filter = new DeadLetterFilterOptions();

  @Option(names = "--items", description = "Only the items, as they were.")
  boolean items;

  @Option(
      names = "--json",
      description = "With number and time: {\"sequence\":…,\"appended_at\":…,\"record\":{…}}.")
  boolean json;

  DeadLettersCatCommand(CommandContext context) {
    this.context = context;
  }

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    if (items && json) {
      throw new ParameterException(
          spec.commandLine(), "--items prints the items alone, and --json more; leave out one");
    }
    QueueLocation location =
        new QueueSelection(context, options).existing(Kind.DEAD_LETTERS, letters);
    RecordForm form = items ? RecordForm.ITEMS : json ? RecordForm.NUMBERED : RecordForm.LINES;
    return new RecordPrinter(context)
        .print(location, ScanOptions.UNDELIVERED, filter.filter(), form);
  }
}
