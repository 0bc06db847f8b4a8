package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.terminal.Amounts;
import io.forebay.core.disk.QueueSearch;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueuePurge;
import io.forebay.queue.QueuePurge.Removed;
import io.forebay.queue.QueueSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay queue purge}. */
@Command(
    name = "purge",
    description = {
      "Remove all records of a queue, for good; asks first, and says what it removed.",
      "Numbers go on where they were. Refuses while an agent uses the queue."
    })
final class QueuePurgeCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(paramLabel = "QUEUE", description = "A queue's directory, or with -c its node.")
  String queue = "";

  @Option(names = "--directory", description = "Remove the queue's directory too.")
  boolean removeDirectory;

  @Option(names = "--yes", description = "Do not ask.")
  boolean yes;

  @Mixin JsonOption json = new JsonOption();

  QueuePurgeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation location = selection.existing(Kind.QUEUE, queue);
    Path directory = location.directory();
    try {
      new ChangeCheck(context).before(location);
      QueueSummary summary = new QueueInspector(directory).summary();
      if (!yes && !new Confirmation(context).ask(question(location, summary))) {
        context.out().println("nothing was removed");
        context.out().flush();
        return ExitCode.FAILURE.value();
      }
      Path real = QueueSearch.real(directory); // told while it is there
      Removed removed =
          removeDirectory ? QueuePurge.remove(directory) : QueuePurge.purge(directory);
      if (removeDirectory && removed.kept().isEmpty()) {
        selection.known().forget(real);
      } else {
        selection.known().settle(real);
      }
      if (json.wanted) {
        context.out().print(json(location, removed));
      } else {
        context.out().println(text(location, removed));
      }
      context.out().flush();
      return (removeDirectory && !removed.kept().isEmpty() ? ExitCode.FAILURE : ExitCode.OK)
          .value();
    } catch (IOException e) {
      throw QueueSelection.failed(e, directory);
    }
  }

  private static String question(QueueLocation location, QueueSummary summary) {
    return location.title()
        + ": "
        + Amounts.count(summary.records(), "undelivered record")
        + " ("
        + Amounts.bytes(summary.backlogBytes())
        + ") will be lost. Go on?";
  }

  private String text(QueueLocation location, Removed removed) {
    String kept =
        removed.kept().isEmpty()
            ? ""
            : "; left, as they are no queue's: " + String.join(", ", removed.kept());
    return location.title()
        + ": removed "
        + Amounts.count(removed.records(), "undelivered record")
        + ", "
        + Amounts.count(removed.files().size(), "file")
        + ", "
        + Amounts.bytes(removed.bytes())
        + (removeDirectory && removed.kept().isEmpty() ? ", and the directory" : "")
        + kept;
  }

  private static String json(QueueLocation location, Removed removed) {
    return QueueJson.object(
        out -> {
          QueueJson.location(out, location);
          out.writeNumberProperty("records", removed.records());
          out.writeNumberProperty("bytes", removed.bytes());
          QueueJson.strings(out, "files", removed.files());
          QueueJson.strings(out, "kept", removed.kept());
        });
  }
}
