package io.forebay.agent.command;

import io.forebay.agent.process.DataDirectory;
import io.forebay.agent.queue.ConfiguredQueues;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.terminal.Amounts;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.graph.PipelineGraph;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay validate}. */
@Command(
    name = "validate",
    description = {
      "Check pipeline files, and say all that is wrong with them at once.",
      "Tries the directories and certificates that they name, and opens no port and no queue."
    })
final class ValidateCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "The pipeline files.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--file-only",
      description =
          "Check the files alone, not whether the directories and certificates that they name can be used.")
  boolean fileOnly;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The agent's data directory, as with run.")
  @Nullable Path dataDirectory;

  ValidateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    boolean allGood = true;
    for (Path file : files) {
      allGood &= validate(file);
    }
    return (allGood ? ExitCode.OK : ExitCode.INVALID_CONFIGURATION).value();
  }

  private boolean validate(Path file) {
    Optional<PipelineGraph> graph =
        PipelineFiles.check(
            file,
            fileOnly ? null : DataDirectory.choose(dataDirectory, context.environment()),
            context);
    if (graph.isEmpty()) {
      return false;
    }
    context.out().println(file + ": " + context.outStyle().green("ok") + ", " + count(graph.get()));
    if (!fileOnly) {
      warnOfMissing(graph.get());
    }
    return true;
  }

  /** The agent starts all the same, with a new queue. */
  private void warnOfMissing(PipelineGraph graph) {
    Path data = DataDirectory.choose(dataDirectory, context.environment());
    for (QueueLocation location : new ConfiguredQueues(graph, data, Clock.systemUTC()).all()) {
      QueueStatus status = QueueStatus.of(location);
      String warning =
          status.state() == QueueStatus.State.MISSING ? status.trouble() : status.note();
      if (warning != null) {
        context
            .err()
            .println(
                context.errStyle().yellow("forebay: warning: ")
                    + location.title()
                    + ": "
                    + warning);
      }
    }
    context.err().flush();
  }

  private static String count(PipelineGraph graph) {
    List<String> parts = new ArrayList<>();
    for (NodeKind kind : NodeKind.values()) {
      parts.add(Amounts.count(graph.nodes(kind).size(), kind.word()));
    }
    return String.join(", ", parts);
  }
}
