package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.RecordForm;
import io.forebay.queue.ScanOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue cat}. */
@Command(
    name = "cat",
    description = {
      "Print what a queue still has to deliver, one record a line: NDJSON.",
      "Safe beside a running agent, and takes nothing out. Exit code 1 when some could not be read."
    })
final class QueueCatCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(paramLabel = "QUEUE", description = "A queue's directory, or with -c its node.")
  String queue = "";

  @Mixin QueueFilterOptions filter = new QueueFilterOptions();

  @Option(names = "--all", description = "Also what was delivered and still lies on the disk.")
  boolean all;

  @Option(
      names = {"-f", "--follow"},
      description =
          "Go on with what comes, until stopped; what is delivered and removed between two looks is not seen.")
  boolean follow;

  @Option(
      names = "--json",
      description = "With number and time: {\"sequence\":…,\"appended_at\":…,\"record\":{…}}.")
  boolean json;

  QueueCatCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    ScanOptions scan = filter.scan(all, follow);
    QueueLocation location = new QueueSelection(context, options).existing(Kind.QUEUE, queue);
    return new RecordPrinter(context)
        .print(
            location,
            scan,
            filter.filter(all, null),
            json ? RecordForm.NUMBERED : RecordForm.LINES);
  }
}
