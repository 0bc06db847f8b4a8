package io.forebay.agent.command;

import io.forebay.agent.admin.AdminBindException;
import io.forebay.agent.logging.LogConfigurator;
import io.forebay.agent.process.Agent;
import io.forebay.agent.process.DataDirectory;
import io.forebay.agent.process.DataDirectoryLock;
import io.forebay.agent.process.StopRequest;
import io.forebay.agent.queue.Sentences;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.runtime.HealthReport;
import io.forebay.core.runtime.PipelineStartException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code forebay run}. */
@Command(
    name = "run",
    description = {
      "Run a pipeline until SIGTERM, SIGINT or SIGHUP, or until all its sources have ended and everything is delivered.",
      "",
      "A signal stops it in order: sources first, then what is in memory is sent or saved, within the shutdown_grace"
          + " of the file's settings. A second signal ends it at once."
    })
final class RunCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

  private static final Duration START_POLL = Duration.ofMillis(10);

  /** A port in use is found out within half a second. */
  private static final Duration START_PATIENCE = Duration.ofSeconds(3);

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin RunOptions options = new RunOptions();

  RunCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Path dataDirectory = DataDirectory.choose(options.dataDirectory, context.environment());
    PipelineGraph graph = PipelineFiles.require(options.config, dataDirectory, context);
    applyLogLevel(graph.settings());
    prepare(dataDirectory);
    try (DataDirectoryLock lock = DataDirectoryLock.take(dataDirectory)) {
      log.debug("{} is held by {}", dataDirectory, lock);
      return run(graph, dataDirectory);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILURE, String.valueOf(e.getMessage()), e);
    }
  }

  private static void prepare(Path dataDirectory) {
    try {
      DataDirectory.prepare(dataDirectory);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.INVALID_CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
  }

  /** The system's own messages of files name a path alone. */
  private static String sentence(PipelineStartException e) {
    return e.getCause() instanceof FileSystemException cause
        ? "node '" + e.node() + "' could not start: " + Sentences.of(cause, Path.of(""))
        : String.valueOf(e.getMessage());
  }

  private Integer run(PipelineGraph graph, Path dataDirectory) {
    StopRequest stop = StopRequest.bySignals();
    Agent agent = create(graph, dataDirectory);
    try {
      agent.start().block();
    } catch (PipelineStartException e) {
      agent.stop().block();
      throw new CommandFailure(ExitCode.FAILURE, sentence(e), e);
    }
    Mono.firstWithSignal(stop.signal().then(), sourcesTried(agent)).block();
    sayStarted(agent);
    Mono<String> asked = stop.signal().map(signal -> "SIG" + signal.name());
    String reason =
        Mono.firstWithSignal(asked, agent.completion().thenReturn("all sources have ended"))
            .block();
    log.info(
        "stopping, since {}; at most {} s", reason, graph.settings().shutdownGrace().toSeconds());
    agent.stop().block();
    agent.status().nodes().stream()
        .flatMap(node -> FarewellLine.of(node).stream())
        .forEach(line -> line.write(log));
    return ExitCode.OK.value();
  }

  private Agent create(PipelineGraph graph, Path dataDirectory) {
    try {
      return Agent.create(graph, dataDirectory, options.admin, Version.current());
    } catch (AdminBindException e) {
      throw new CommandFailure(ExitCode.FAILURE, String.valueOf(e.getMessage()), e);
    }
  }

  private void applyLogLevel(AgentSettings settings) {
    if (context.environment().apply("FOREBAY_LOG_LEVEL") == null) {
      LogConfigurator.setLevel(settings.log().level().name().toLowerCase(Locale.ROOT));
    }
  }

  private static void sayStarted(Agent agent) {
    agent
        .adminAddress()
        .filter(address -> !address.getAddress().isLoopbackAddress())
        .ifPresent(
            address ->
                log.warn(
                    "the admin server on {} is open to whoever reaches it; it asks for no password",
                    address));
    StartLine.of(agent.status(), agent.health(), uptimeMillis(), admin(agent)).write(log);
  }

  private static long uptimeMillis() {
    return ManagementFactory.getRuntimeMXBean().getUptime();
  }

  private static String admin(Agent agent) {
    return agent
        .adminAddress()
        .map(address -> "http://" + address.getHostString() + ":" + address.getPort() + "/")
        .orElse("off");
  }

  /** Completes once no source is still opening what it reads; soon, or nearly so, all the same. */
  private static Mono<Void> sourcesTried(Agent agent) {
    return Flux.interval(Duration.ZERO, START_POLL)
        .takeUntil(
            tick ->
                agent.health().reasons().stream()
                    .noneMatch(reason -> reason.code().equals(HealthReport.STARTING)))
        .then()
        .timeout(START_PATIENCE, Mono.empty());
  }
}
