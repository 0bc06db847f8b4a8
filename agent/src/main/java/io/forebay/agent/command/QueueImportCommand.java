package io.forebay.agent.command;

import io.forebay.agent.process.StopRequest;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.RecordImport;
import io.forebay.agent.queue.RecordImport.Outcome;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.ProgressBar;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
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
      "Refuses while an agent uses the queue. All lines are on the disk when it ends with exit code 0. When a"
          + " line is wrong, the queue is full or a signal stops it, it says how many are, and how to go on; and"
          + " so it does when it is run again after a kill, before it imports anything."
    })
final class QueueImportCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      index = "0",
      paramLabel = "QUEUE",
      description =
          "With -c a node, whose queue is made when there is none yet; or the directory of a queue, or an"
              + " empty one.")
  String queue = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - for standard input.")
  String file = "";

  @Option(
      names = "--skip",
      paramLabel = "LINES",
      description = "Leave out so many lines at the beginning.")
  @Nullable Long skip;

  @Mixin JsonOption json = new JsonOption();

  QueueImportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Long leftOut = skip;
    if (leftOut != null && leftOut < 0) {
      throw new CommandFailure(
          ExitCode.USAGE, "--skip " + leftOut + ": no file has fewer than 0 lines");
    }
    CommandLog.quiet(context, "error");
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation target = selection.findToFill(Kind.QUEUE, queue);
    new ChangeCheck(context).before(target);
    Outcome outcome;
    try (InputStream in = open()) {
      outcome = run(target, in);
    } catch (IOException e) {
      throw QueueSelection.failed(e, target.directory());
    }
    if (leftOut != null && outcome.lines() < leftOut) {
      throw new CommandFailure(
          ExitCode.USAGE,
          file
              + " has only "
              + Amounts.count(outcome.lines(), "line")
              + ", and --skip "
              + leftOut
              + " leaves out more. Nothing was imported");
    }
    report(target, outcome);
    String trouble = outcome.trouble();
    if (trouble != null) {
      throw new CommandFailure(ExitCode.FAILURE, howToGoOn(target, outcome, trouble));
    }
    return ExitCode.OK.value();
  }

  private boolean isStandardInput() {
    return file.equals("-");
  }

  private InputStream open() {
    if (isStandardInput()) {
      return new NotClosed(context.in());
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          file
              + " is a directory; import takes a file of lines. What a queue's directory holds is moved with"
              + " forebay queue adopt");
    }
    try {
      return Files.newInputStream(path);
    } catch (IOException e) {
      throw QueueSelection.unreadable(e, path);
    }
  }

  private Outcome run(QueueLocation target, InputStream in) throws IOException {
    AtomicBoolean stopped = new AtomicBoolean();
    StopRequest.bySignals().signal().subscribe(signal -> stopped.set(true));
    try (ProgressBar bar =
        new ProgressBar(
            context.err(),
            context.errIsTerminal(),
            "importing " + file,
            isStandardInput() ? 0 : Files.size(Path.of(file)),
            System::nanoTime)) {
      return new RecordImport(
              target, in, isStandardInput() ? null : Path.of(file), stopped::get, bar::at)
          .run(skip, !isStandardInput());
    }
  }

  private void report(QueueLocation target, Outcome outcome) {
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    QueueJson.location(out, target);
                    out.writeNumberProperty("records", outcome.records());
                    out.writeNumberProperty("lines", outcome.lines());
                    if (outcome.left() != RecordImport.UNKNOWN) {
                      out.writeNumberProperty("left", outcome.left());
                    }
                    String trouble = outcome.trouble();
                    if (trouble != null) {
                      out.writeStringProperty("trouble", trouble);
                    }
                  }));
    } else if (outcome.trouble() == null) {
      context
          .out()
          .println(
              target.title() + ": " + Amounts.count(outcome.records(), "record") + " imported");
    }
    context.out().flush();
  }

  private String howToGoOn(QueueLocation target, Outcome outcome, String trouble) {
    List<String> line = new ArrayList<>(List.of("forebay", "queue", "import"));
    Path config = options.config;
    if (config != null) {
      line.addAll(List.of("-c", config.toString()));
    }
    Path data = options.dataDirectory;
    if (data != null) {
      line.addAll(List.of("--data-dir", data.toString()));
    }
    line.addAll(List.of("--skip", Long.toString(outcome.lines()), queue, file));
    return target.title()
        + ": "
        + trouble
        + ". "
        + Amounts.count(outcome.records(), "record")
        + " imported"
        + (outcome.left() == RecordImport.UNKNOWN
            ? ""
            : ", " + Amounts.count(outcome.left(), "line") + " left")
        + ". To go on: "
        + ShellLine.of(line)
        + (isStandardInput() ? ", with the same lines from the first on" : "");
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
