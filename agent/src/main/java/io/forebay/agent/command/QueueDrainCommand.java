package io.forebay.agent.command;

import io.forebay.agent.process.DataDirectory;
import io.forebay.agent.process.StopRequest;
import io.forebay.agent.queue.ConfiguredQueues;
import io.forebay.agent.queue.QueueDrain;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.terminal.Amounts;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.disk.DiskInventory;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.runtime.PipelineStartException;
import io.forebay.queue.QueueLockedException;
import io.forebay.queue.QueueStatistics;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** {@code forebay queue drain}. */
@Command(
    name = "drain",
    description = {
      "Send what a destination's queue holds, now and without sources, and end when it is empty.",
      "Starts that destination alone, with its retries, limits and dead letters as in run. Refuses while an agent"
          + " uses the queue. A signal stops it in order.",
      "",
      "Exit code 0: all was delivered. 1: some was not: it is still in the queue, went to the dead letters, or was"
          + " dropped; the last line says. So it ends too when all that is left fails again and again, item by"
          + " item, while the rest was delivered."
    })
final class QueueDrainCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofMillis(250);

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The pipeline file.")
  Path config = Path.of("");

  @Option(names = "--node", required = true, paramLabel = "NAME", description = "The destination.")
  String node = "";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The agent's data directory, as with run.")
  @Nullable Path dataDirectory;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "End after this time, such as 10m, though there is more.")
  @Nullable Duration timeout;

  @Mixin JsonOption json = new JsonOption();

  QueueDrainCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Duration limit = timeout;
    if (limit != null && limit.compareTo(Duration.ZERO) <= 0) {
      throw new CommandFailure(ExitCode.USAGE, "--timeout must be longer than 0s");
    }
    CommandLog.quiet(context, "warn");
    Path data = DataDirectory.choose(dataDirectory, context.environment());
    PipelineGraph graph = PipelineFiles.require(config, context);
    PipelineGraph alone =
        graph
            .node(node)
            .filter(found -> found.kind() == NodeKind.DESTINATION)
            .flatMap(found -> graph.alone(found.name()))
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitCode.USAGE,
                        config
                            + " has no destination '"
                            + node
                            + "'; destinations: "
                            + String.join(
                                ", ",
                                graph.nodes(NodeKind.DESTINATION).stream()
                                    .map(PipelineGraph.Node::name)
                                    .toList())));
    requireQueue(graph, data);
    StopRequest stop = StopRequest.bySignals();
    Mono<?> end =
        limit == null
            ? stop.signal()
            : Mono.firstWithSignal(stop.signal().then(), Mono.delay(limit).then());
    DrainProgress progress =
        new DrainProgress(node, context.err(), context.errIsTerminal(), System::nanoTime);
    DeliverySnapshot snapshot;
    try {
      DiskInventory inventory = DiskInventory.ofPart(graph, data, Clock.systemUTC());
      snapshot = new QueueDrain(alone, inventory, data, LOOK).run(end, progress);
    } catch (PipelineStartException e) {
      throw cannotStart(e, data);
    }
    progress.end();
    return report(snapshot);
  }

  /** To start the destination would make one. */
  private void requireQueue(PipelineGraph graph, Path data) {
    QueueLocation queue =
        new ConfiguredQueues(graph, data, Clock.systemUTC())
            .find(Kind.QUEUE, node)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitCode.USAGE,
                        "node '" + node + "' has no persistent_queue: there is nothing to drain"));
    QueueSelection.requireQueue(queue);
    new ChangeCheck(context).before(queue);
  }

  private static CommandFailure cannotStart(PipelineStartException e, Path data) {
    Throwable cause = e.getCause();
    return cause instanceof QueueLockedException || cause instanceof FileSystemException
        ? QueueSelection.failed((IOException) cause, data)
        : new CommandFailure(ExitCode.FAILURE, String.valueOf(e.getMessage()), e);
  }

  private int report(DeliverySnapshot end) {
    QueueStatistics queue = end.queue();
    long left = queue == null ? 0 : queue.records();
    boolean all = left == 0 && end.deadLetteredItems() == 0 && end.droppedItems() == 0;
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    out.writeStringProperty("node", node);
                    out.writeNumberProperty("delivered", end.deliveredItems());
                    out.writeNumberProperty("dead_lettered", end.deadLetteredItems());
                    out.writeNumberProperty("dropped", end.droppedItems());
                    out.writeNumberProperty("left", left);
                    String why = end.why();
                    if (why != null) {
                      out.writeStringProperty("why", why);
                    }
                  }));
    } else {
      context
          .out()
          .println(
              node
                  + ": "
                  + Amounts.count(end.deliveredItems())
                  + " delivered, "
                  + Amounts.count(end.deadLetteredItems())
                  + " to the dead letters, "
                  + Amounts.count(end.droppedItems())
                  + " dropped, "
                  + Amounts.count(left)
                  + " left in the queue"
                  + (left > 0 && end.why() != null ? ": " + end.why() : "")
                  + (left > 0 && end.heldBack().stuck() ? "; " + stuck(end.heldBack()) : ""));
    }
    context.out().flush();
    return (all ? ExitCode.OK : ExitCode.FAILURE).value();
  }

  private static String stuck(DeliverySnapshot.HeldBack heldBack) {
    return "ended, for "
        + (heldBack.blocking()
            ? "the item in front failed again and again and all others wait for it"
            : "all that is left failed again and again, one by one, while the rest was delivered");
  }
}
