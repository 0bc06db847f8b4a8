package io.forebay.agent.command;

import io.forebay.agent.logging.LogConfigurator;
import io.forebay.agent.rehearsal.Load;
import io.forebay.agent.rehearsal.Rehearsal;
import io.forebay.agent.rehearsal.Rehearsal.Result;
import io.forebay.agent.rehearsal.SteadySource;
import io.forebay.agent.terminal.ProgressBar;
import io.forebay.core.config.DataSize;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.graph.PipelineGraph;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code forebay rehearse}. */
@Command(
    name = "rehearse",
    description = {
      "Say what an outage of the receiver would do to each destination of a pipeline file: how much disk and"
          + " memory it takes, what would be dropped and when, how long the backlog drains, and which sizes would"
          + " lose nothing.",
      "Runs the agent's own delivery and queue in virtual time and on a disk in memory. Touches no queue, no"
          + " directory and no network.",
      "",
      "Exit code 0: nothing would be lost. 1: something would."
    })
final class RehearseCommand implements Callable<Integer> {

  private static final int BAR = 1000;

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();

  @Parameters(paramLabel = "FILE", description = "The pipeline file.")
  Path config = Path.of("");

  @Option(
      names = "--outage",
      required = true,
      paramLabel = "DURATION",
      description = "How long the receiver is away, such as 2h.")
  Duration outage = Duration.ZERO;

  @Option(
      names = "--rate",
      required = true,
      paramLabel = "RATE",
      converter = RateConverter.class,
      description = "Items that come to each destination, such as 500/s.")
  double rate;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      defaultValue = "1KB",
      converter = SizeConverter.class,
      description =
          "Bytes of an item on disk: of its line, and about 100 for what is around it. queue stat of a queue in"
              + " use tells bytes and records. Default: ${DEFAULT-VALUE}")
  DataSize size = DataSize.ofBytes(1000);

  @Option(names = "--node", paramLabel = "NAME", description = "This destination alone.")
  @Nullable String node;

  @Option(
      names = "--recover-rate",
      paramLabel = "RATE",
      converter = RateConverter.class,
      description =
          "Items that the receiver takes once it is back, such as 2000/s. Without it, as many as it is given.")
  double recoverRate;

  @Mixin JsonOption json = new JsonOption();

  RehearseCommand(CommandContext context) {
    this.context = context;
  }

  /** For picocli. */
  static final class SizeConverter implements ITypeConverter<DataSize> {
    @Override
    public DataSize convert(String value) {
      try {
        return DataSize.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** For picocli. */
  static final class RateConverter implements ITypeConverter<Double> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(?:/(s|m|h))?");

    @Override
    public Double convert(String value) {
      Matcher matcher = FORM.matcher(value.strip());
      double number = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
      if (number <= 0) {
        throw new TypeConversionException(
            "'" + value + "' is no rate; write 500/s, or 30/m or 10/h, and more than 0");
      }
      String unit = matcher.group(2);
      return "m".equals(unit) ? number / 60 : "h".equals(unit) ? number / 3600 : number;
    }
  }

  @Override
  public Integer call() {
    if (context.environment().apply("FOREBAY_LOG_LEVEL") == null) {
      LogConfigurator.setLevel("error");
    }
    checkBounds();
    PipelineGraph graph = PipelineFiles.require(config, context);
    Load load = new Load(rate, (int) size.bytes(), outage, recoverRate);
    List<Result> results = new ArrayList<>();
    for (PipelineGraph.Node destination : destinations(graph)) {
      results.add(rehearse(graph, destination, load));
    }
    if (json.wanted) {
      context.out().print(RehearsalJson.of(load, results));
    } else {
      new RehearsalText(graph, load, context.outStyle())
          .lines(results)
          .forEach(context.out()::println);
    }
    context.out().flush();
    boolean sourcesWait =
        graph.nodes(NodeKind.SOURCE).stream()
            .noneMatch(source -> source.type().equals(RehearsalText.LOSSY_SOURCE));
    boolean well =
        results.stream()
            .allMatch(
                result ->
                    result.losesNothing()
                        && (sourcesWait || result.figures().waitingAtSources() == 0));
    return (well ? ExitCode.OK : ExitCode.FAILURE).value();
  }

  private Result rehearse(PipelineGraph graph, PipelineGraph.Node destination, Load load) {
    try (ProgressBar bar =
        new ProgressBar(
            context.err(),
            context.errIsTerminal(),
            "rehearsing " + destination.name(),
            BAR,
            System::nanoTime)) {
      return new Rehearsal(graph, load).of(destination, done -> bar.at((long) (done * BAR)));
    } catch (Rehearsal.TooMuchException e) {
      throw new CommandFailure(ExitCode.USAGE, destination.name() + ": " + e.getMessage(), e);
    }
  }

  private void checkBounds() {
    if (outage.isZero() || outage.compareTo(Duration.ofDays(30)) > 0) {
      throw new CommandFailure(ExitCode.USAGE, "--outage must be more than 0 and 720h at most");
    }
    if (size.bytes() < SteadySource.LEAST_BYTES || size.bytes() > 1 << 20) {
      throw new CommandFailure(
          ExitCode.USAGE, "--size must be between " + SteadySource.LEAST_BYTES + " and 1MiB");
    }
  }

  private List<PipelineGraph.Node> destinations(PipelineGraph graph) {
    List<PipelineGraph.Node> all = graph.nodes(NodeKind.DESTINATION);
    String name = node;
    if (name == null) {
      return all;
    }
    List<PipelineGraph.Node> named =
        all.stream().filter(destination -> destination.name().equals(name)).toList();
    if (named.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          config
              + " has no destination '"
              + name
              + "'; destinations: "
              + String.join(", ", all.stream().map(PipelineGraph.Node::name).toList()));
    }
    return named;
  }
}
