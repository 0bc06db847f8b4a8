package io.forebay.destination.collector;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.TlsSettings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Makes {@code collector_output} nodes. */
public final class CollectorDestinationFactory
    implements DestinationFactory<CollectorOutputConfig> {

  /** Two looks and a handshake are well below the 5 s in which a renewal is to take effect. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  @Override
  public String type() {
    return "collector_output";
  }

  @Override
  public String summary() {
    return "Sends numbered events to a collector over gRPC, each once and in order.";
  }

  @Override
  public Class<CollectorOutputConfig> configType() {
    return CollectorOutputConfig.class;
  }

  @Override
  public DestinationSettings settings(CollectorOutputConfig config) {
    return config.delivery();
  }

  @Override
  public Destination create(CollectorOutputConfig config, ComponentContext context) {
    Scheduler.Worker worker = Schedulers.parallel().createWorker();
    TlsSettings tls = config.security();
    CertificateWatch certificates =
        tls == null
            ? null
            : new CertificateWatch(
                context.nodeName(),
                tls,
                context.clock(),
                context.listener(),
                Schedulers.boundedElastic(),
                LOOK_INTERVAL);
    String configured = config.agentId();
    Epochs epochs =
        new Epochs(
            context
                .dataDirectory()
                .resolve("epochs")
                .resolve("of-" + URLEncoder.encode(context.nodeName(), StandardCharsets.UTF_8)),
            Schedulers.boundedElastic(),
            new SecureRandom()::nextLong);
    Mono<String> agentId =
        (configured != null
                ? Mono.just(configured)
                : new AgentIdentity(context.dataDirectory()).get())
            .doOnNext(context.listener()::onAgentId)
            .delayUntil(id -> epochs.load());
    Connector connector = new Connector(config, agentId, certificates, worker::schedule);
    return new CollectorDestination(
        worker,
        certificates,
        new Sequencer(
            config,
            connector,
            context.clock(),
            new LinkReport(context.nodeName(), context.listener()),
            epochs,
            worker),
        epochs);
  }
}
