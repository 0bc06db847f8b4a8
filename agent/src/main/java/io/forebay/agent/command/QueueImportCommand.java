package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.RecordImport;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.ProgressBar;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue import}. */
@Command(
    name = "import",
    description = {
      "Put the lines of a file into a queue, behind what is there: as cat and export write them, with numbers or"
          + " without. They get new numbers.",
      "Refuses while an agent uses the queue. All lines are on the disk when it ends with exit code 0; when a"
          + " line is wrong it says how many are, and how to go on."
    })
final class QueueImportCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      index = "0",
      paramLabel = "QUEUE",
      description = "A queue's directory, or with -c its node, which may have none on disk yet.")
  String queue = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - for standard input.")
  String file = "";

  @Option(
      names = "--skip",
      paramLabel = "LINES",
      defaultValue = "0",
      description = "Leave out so many lines at the beginning.")
  long skip;

  @Mixin JsonOption json = new JsonOption();

  QueueImportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation location = selection.find(Kind.QUEUE, queue);
    if (location.node().isEmpty()) {
      location = selection.existing(Kind.QUEUE, queue);
    }
    QueueLocation target = location;
    boolean standardInput = file.equals("-");
    long records;
    try (InputStream in =
            standardInput ? new NotClosed(context.in()) : Files.newInputStream(Path.of(file));
        ProgressBar bar =
            new ProgressBar(
                context.err(),
                context.errIsTerminal(),
                "importing " + file,
                standardInput ? 0 : Files.size(Path.of(file)),
                System::nanoTime)) {
      records = new RecordImport(target, bar::at).run(in, file, skip);
    } catch (IOException e) {
      throw QueueSelection.failed(e, target.directory());
    }
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    QueueJson.location(out, target);
                    out.writeNumberProperty("records", records);
                  }));
    } else {
      context.out().println(target.title() + ": " + Amounts.count(records, "record") + " imported");
    }
    context.out().flush();
    return ExitCode.OK.value();
  }

  /** Standard input stays open. */
  private static final class NotClosed extends FilterInputStream {
    NotClosed(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // The process's own.
    }
  }
}
