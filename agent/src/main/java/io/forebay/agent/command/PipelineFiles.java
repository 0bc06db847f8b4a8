package io.forebay.agent.command;

import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.graph.PipelineLoader;
import io.forebay.core.graph.PipelineLoader.Loaded;
import io.forebay.core.graph.Preflight;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pipeline files as commands need them. */
final class PipelineFiles {

  private PipelineFiles() {}

  /**
   * Reads a file and prints all that is wrong with it, warnings too.
   *
   * @param dataDirectory the agent's own; null to leave the directories that the file names alone
   * @return empty when there are errors
   */
  static Optional<PipelineGraph> check(
      Path file, @Nullable Path dataDirectory, CommandContext context) {
    Loaded loaded = PipelineLoader.load(file, context.registry().get(), context.environment());
    if (dataDirectory != null) {
      loaded.graph().ifPresent(graph -> Preflight.check(graph, dataDirectory, loaded.problems()));
    }
    ProblemPrinter.print(loaded.problems(), context.err(), context.errStyle());
    return loaded.graph().filter(graph -> !loaded.problems().hasErrors());
  }

  /**
   * As {@link #check}, for a command that cannot go on without.
   *
   * @throws CommandFailure when there are errors
   */
  static PipelineGraph require(Path file, Path dataDirectory, CommandContext context) {
    return check(file, dataDirectory, context).orElseThrow(() -> hasErrors(file));
  }

  /**
   * For a command that the file only tells where to look: warnings and notes are for those who run
   * it, or check it.
   *
   * @throws CommandFailure when there are errors, which are printed
   */
  static PipelineGraph require(Path file, CommandContext context) {
    Loaded loaded = PipelineLoader.load(file, context.registry().get(), context.environment());
    Optional<PipelineGraph> graph = loaded.graph().filter(read -> !loaded.problems().hasErrors());
    if (graph.isEmpty()) {
      ProblemPrinter.print(loaded.problems(), context.err(), context.errStyle());
    }
    return graph.orElseThrow(() -> hasErrors(file));
  }

  private static CommandFailure hasErrors(Path file) {
    return new CommandFailure(ExitCode.INVALID_CONFIGURATION, file + " has errors");
  }
}
