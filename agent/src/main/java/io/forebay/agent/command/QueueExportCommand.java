package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.RecordExport;
import io.forebay.agent.queue.RecordForm;
import io.forebay.agent.queue.RecordReader;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.ProgressBar;
import io.forebay.queue.Damage;
import io.forebay.queue.QueueInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue export}. */
@Command(
    name = "export",
    description = {
      "Copy what a queue still has to deliver into a new file of mode 0600, one record a line.",
      "Safe beside a running agent, and takes nothing out. Exit code 1 when some could not be read."
    })
final class QueueExportCommand implements Callable<Integer> {

  private final CommandContext context;
  private long unreadable;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      index = "0",
      paramLabel = "QUEUE",
      description = "A queue's directory, or with -c its node.")
  String queue = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The file, which must not exist.")
  Path file = Path.of("");

  @Mixin QueueFilterOptions filter = new QueueFilterOptions();

  @Option(
      names = "--numbered",
      description = "With number and time: {\"sequence\":…,\"appended_at\":…,\"record\":{…}}.")
  boolean numbered;

  @Mixin JsonOption json = new JsonOption();

  QueueExportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    QueueLocation location = new QueueSelection(context, options).existing(Kind.QUEUE, queue);
    checkFile();
    RecordReader reader =
        new RecordReader(
            location.directory(),
            filter.scan(false, false),
            filter.filter(false, null),
            numbered ? RecordForm.NUMBERED : RecordForm.LINES,
            this::tell);
    long records;
    try (ProgressBar bar =
        new ProgressBar(
            context.err(),
            context.errIsTerminal(),
            "exporting " + location.title(),
            new QueueInspector(location.directory()).summary().backlogBytes(),
            System::nanoTime)) {
      records = RecordExport.write(reader, file, bar::at);
    } catch (IOException e) {
      throw QueueSelection.failed(e, file);
    }
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    QueueJson.location(out, location);
                    out.writeStringProperty("file", file.toString());
                    out.writeNumberProperty("records", records);
                    out.writeNumberProperty("unreadable", unreadable);
                  }));
    } else {
      context.out().println(file + ": " + Amounts.count(records, "record"));
    }
    context.out().flush();
    return (unreadable == 0 ? ExitCode.OK : ExitCode.FAILURE).value();
  }

  /** Before anything is read. */
  private void checkFile() {
    Path directory = file.toAbsolutePath().getParent();
    String wrong = null;
    if (Files.exists(file)) {
      wrong = file + " is there already; name another";
    } else if (directory != null && !Files.isDirectory(directory)) {
      wrong = "there is no directory " + directory;
    } else if (directory != null && !Files.isWritable(directory)) {
      wrong =
          "user "
              + System.getProperty("user.name")
              + " may not write into "
              + directory
              + "; name a file elsewhere";
    }
    if (wrong != null) {
      throw new CommandFailure(ExitCode.USAGE, wrong);
    }
  }

  private void tell(Damage damage) {
    if (damage.undelivered() > 0) {
      unreadable += damage.undelivered();
      context
          .err()
          .println(context.errStyle().yellow("forebay: ") + QueueCheckCommand.describe(damage));
    }
  }
}
