package io.forebay.agent.command;

import io.forebay.core.graph.GraphDrawing;
import io.forebay.core.graph.PipelineGraph;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay graph}. */
@Command(name = "graph", description = "Draw a pipeline file.")
final class GraphCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  Path file = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "mermaid",
      description = "mermaid or dot. Default: ${DEFAULT-VALUE}")
  Format format = Format.MERMAID;

  /** What the drawing is written in. */
  enum Format {
    MERMAID,
    DOT
  }

  GraphCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    PipelineGraph graph = PipelineFiles.require(file, context);
    String drawing =
        switch (format) {
          case MERMAID -> GraphDrawing.mermaid(graph);
          case DOT -> GraphDrawing.dot(graph);
        };
    context.out().print(drawing);
    context.out().flush();
    return ExitCode.OK.value();
  }
}
