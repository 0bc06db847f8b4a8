package io.forebay.agent.demo;

import io.forebay.agent.admin.AdminAddress;
import io.forebay.agent.admin.AdminBindException;
import io.forebay.agent.process.Agent;
import io.forebay.agent.process.StopRequest;
import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.graph.PipelineLoader;
import io.forebay.core.graph.PipelineLoader.Loaded;
import io.forebay.core.runtime.PipelineStatus.DeliveryStatus;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.forebay.queue.QueueStatistics;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The real agent with {@code config-examples/quickstart.yaml}, against a receiver of its own that
 * goes down and comes back as a {@link DemoScript} says. All that it writes is below a temporary
 * directory, which it removes.
 */
public final class Demo {

  private static final String PIPELINE = "/quickstart.yaml";
  private static final Duration TICK = Duration.ofMillis(100);

  private final ComponentRegistry registry;
  private final DemoScript script;
  private final PrintWriter out;
  private final Style style;
  private final DemoView view;
  private final Rate in = new Rate();
  private final Rate sent = new Rate();

  /**
   * @param live whether {@code out} is a terminal that can be redrawn
   */
  public Demo(
      ComponentRegistry registry, DemoScript script, PrintWriter out, boolean live, Style style) {
    this.registry = registry;
    this.script = script;
    this.out = out;
    this.style = style;
    this.view = live ? new DemoView.Live(out, style) : new DemoView.Plain(out);
  }

  /**
   * Runs the script to its end, or until {@code stop} is asked for, and prints the ledger. Blocks.
   *
   * @return whether the ledger adds up
   * @throws IOException when the demo cannot be set up
   */
  public boolean run(StopRequest stop, String version) throws IOException, InterruptedException {
    try (TemporaryDirectory temporary = TemporaryDirectory.create("forebay-demo");
        DemoReceiver receiver = new DemoReceiver();
        NumberedLog log = new NumberedLog(temporary.path().resolve("app.log"))) {
      receiver.switchOn();
      Agent agent = start(temporary.path(), receiver, version);
      boolean interrupted = true;
      try {
        agent.start().block();
        interrupted = play(agent, receiver, log, stop);
      } finally {
        agent.stop().block();
      }
      Ledger ledger = ledger(agent, receiver, interrupted);
      out.println();
      out.print(ledger.render(style));
      out.flush();
      return ledger.addsUp();
    }
  }

  private Agent start(Path directory, DemoReceiver receiver, String version) throws IOException {
    Path file = directory.resolve("quickstart.yaml");
    try (InputStream pipeline = Demo.class.getResourceAsStream(PIPELINE)) {
      if (pipeline == null) {
        throw new IOException("the program lacks " + PIPELINE);
      }
      Files.copy(pipeline, file);
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("QUICKSTART_RATE", Integer.toString(script.eventsPerSecond()));
    environment.put("QUICKSTART_COUNT", Long.toString(script.events()));
    environment.put("QUICKSTART_LOG", directory.resolve("app.log").toString());
    environment.put("QUICKSTART_QUEUE", directory.resolve("queue").toString());
    environment.put("QUICKSTART_ENDPOINT", receiver.endpoint());
    Loaded loaded = PipelineLoader.load(file, registry, environment::get);
    if (loaded.graph().isEmpty()) {
      throw new IOException(loaded.problems().render());
    }
    out.println(
        "Two sources → a queue on disk → a receiver at "
            + receiver.endpoint()
            + "; everything below "
            + directory
            + ".\n");
    try {
      return Agent.create(
          loaded.graph().get(), directory.resolve("data"), AdminAddress.OFF, version);
    } catch (AdminBindException e) {
      throw new IllegalStateException("the admin server is off", e);
    }
  }

  /** Says whether it was interrupted. */
  private boolean play(Agent agent, DemoReceiver receiver, NumberedLog log, StopRequest stop)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
      if (script.isReceiverDown(elapsed)) {
        receiver.switchOff();
      } else {
        receiver.switchOn();
      }
      log.write((int) (script.linesBy(elapsed) - log.written()));
      DeliveryStatus delivery = delivery(agent);
      view.show(frame(elapsed, delivery, receiver));
      DeliverySnapshot now = delivery.snapshot();
      boolean done =
          elapsed.compareTo(script.generateUntil()) > 0
              && now.receivedItems() >= script.items()
              && now.bufferedItems() == 0;
      if (done || elapsed.compareTo(script.giveUpAt()) > 0) {
        return false;
      }
      if (stop.await(TICK)) {
        return true;
      }
    }
  }

  private DemoFrame frame(Duration elapsed, DeliveryStatus delivery, DemoReceiver receiver) {
    DeliverySnapshot now = delivery.snapshot();
    QueueStatistics queue = now.queue();
    long onDisk = queue == null ? 0 : queue.backlogBytes();
    boolean backlog = queue != null && queue.records() > 0;
    double toDrain = delivery.secondsToDrained();
    return new DemoFrame(
        elapsed.toMillis() / 1000.0,
        script.caption(elapsed, backlog),
        receiver.isOn(),
        now.state().name(),
        now.why(),
        in.perSecond(elapsed, now.receivedItems()),
        sent.perSecond(elapsed, now.deliveredItems()),
        now.receivedItems(),
        now.deliveredItems(),
        now.bufferedItems(),
        now.memoryBytes() + onDisk,
        backlog && Double.isFinite(toDrain) ? toDrain : -1);
  }

  private Ledger ledger(Agent agent, DemoReceiver receiver, boolean interrupted) {
    DeliverySnapshot end = delivery(agent).snapshot();
    return new Ledger(
        script.items(),
        interrupted,
        end.receivedItems(),
        end.deliveredItems(),
        end.bufferedItems(),
        end.deadLetteredItems(),
        droppedBy(agent),
        receiver.received().totals());
  }

  private static DeliveryStatus delivery(Agent agent) {
    for (NodeStatus node : agent.status().nodes()) {
      @Nullable DeliveryStatus delivery = node.delivery();
      if (delivery != null) {
        return delivery;
      }
    }
    throw new IllegalStateException("the demo's pipeline has no destination");
  }

  private static Map<String, Long> droppedBy(Agent agent) {
    Map<String, Long> dropped = new HashMap<>();
    for (NodeStatus node : agent.status().nodes()) {
      node.drops().forEach((reason, drops) -> dropped.merge(reason, drops.items(), Long::sum));
    }
    return dropped;
  }
}
