package io.forebay.agent.process;

import io.forebay.agent.admin.AdminAddress;
import io.forebay.agent.admin.AdminBindException;
import io.forebay.agent.admin.AdminServer;
import io.forebay.agent.admin.AgentView;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.runtime.HealthReport;
import io.forebay.core.runtime.Pipeline;
import io.forebay.core.runtime.PipelineStatus;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A running agent: a pipeline and its admin server. The admin server is there first and goes last,
 * so that it can say how start and stop are getting on, and so that an address in use is found
 * before any queue is opened.
 */
public final class Agent {

  private final Pipeline pipeline;
  private final PrometheusMeterRegistry registry;
  private final @Nullable AdminServer admin;

  private Agent(Pipeline pipeline, PrometheusMeterRegistry registry, @Nullable AdminServer admin) {
    this.pipeline = pipeline;
    this.registry = registry;
    this.admin = admin;
  }

  /**
   * Puts an agent together and opens its admin server; the pipeline does not run yet.
   *
   * @param version of the program, for the status page
   * @throws AdminBindException when the admin server cannot listen
   */
  public static Agent create(
      PipelineGraph graph, Path dataDirectory, AdminAddress adminAddress, String version)
      throws AdminBindException {
    Clock clock = Clock.systemUTC();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Pipeline pipeline = Pipeline.create(graph, dataDirectory, registry);
    AdminServer admin = null;
    if (adminAddress.enabled()) {
      AgentView view = new AgentView(version, pipeline::status, pipeline::health, registry::scrape);
      admin = AdminServer.start(adminAddress, view, clock);
    }
    return new Agent(pipeline, registry, admin);
  }

  /** Starts the pipeline on subscription; fails with a sentence for people. */
  public Mono<Void> start() {
    return pipeline.start();
  }

  /** Completes when every source has ended and everything is delivered. */
  public Mono<Void> completion() {
    return pipeline.completion();
  }

  /** Stops in order, within the grace of the settings, on subscription. Idempotent; never fails. */
  public Mono<Void> stop() {
    AdminServer server = admin;
    return pipeline
        .stop()
        .then(server == null ? Mono.empty() : server.close())
        .then(Mono.fromRunnable(registry::close));
  }

  /** What is wrong; cheap. */
  public HealthReport health() {
    return pipeline.health();
  }

  public PipelineStatus status() {
    return pipeline.status();
  }

  /** Where the admin server listens; empty when it is off. */
  public Optional<InetSocketAddress> adminAddress() {
    return Optional.ofNullable(admin).map(AdminServer::address);
  }
}
