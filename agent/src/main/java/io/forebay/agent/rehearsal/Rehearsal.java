package io.forebay.agent.rehearsal;

import io.forebay.agent.rehearsal.OutageRun.Subject;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.queue.QueueOptions;
import java.time.Duration;
import java.util.function.DoubleConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts a destination through an outage, and where something would be lost, or sources would have to
 * wait, through the same with room enough, to say how much that is.
 */
public final class Rehearsal {

  /** Items that one run has at most; where there are more, rate and bounds are divided. */
  private static final long MAX_ITEMS = 2_000_000;

  /** Beyond it no division helps, since the queue is too small to be divided. */
  private static final long FAR_TOO_MANY_ITEMS = 40_000_000;

  private static final String NUMBERED_TYPE = "collector_output";
  private static final int NUMBERED_WINDOWS = 2;

  /**
   * What came of it.
   *
   * @param settings as they are in the file
   * @param figures of the outage
   * @param parts by which rate and bounds were divided, and figures multiplied; 1 for not
   * @param budgetBytes the most that the disk budget lets the queue have while all others are
   *     empty; null where it sets no bound
   * @param advice what would lose nothing and make no source wait; null where nothing is amiss
   */
  public record Result(
      String node,
      String type,
      DestinationSettings settings,
      Figures figures,
      int parts,
      @Nullable Long budgetBytes,
      @Nullable Advice advice) {

    /** Whether nothing is lost by this destination. */
    public boolean losesNothing() {
      return figures.lost() == 0;
    }
  }

  /** There is more than a run of bearable length can show. */
  public static final class TooMuchException extends Exception {
    private static final long serialVersionUID = 1;

    TooMuchException(String message) {
      super(message);
    }
  }

  private final PipelineGraph graph;
  private final AgentSettings agent;
  private final Load load;

  public Rehearsal(PipelineGraph graph, Load load) {
    this.graph = graph;
    this.agent = graph.settings();
    this.load = load;
  }

  /**
   * Rehearses a destination; blocks, some seconds as a rule.
   *
   * @param progress told of how much is done, from 0 to 1
   */
  public Result of(PipelineGraph.Node node, DoubleConsumer progress) throws TooMuchException {
    DestinationSettings settings = settings(node);
    BudgetPart budget = new BudgetPart(graph, node.name());
    int parts = parts(settings, budget.mostParts());
    Figures figures =
        run(
            node,
            settings,
            parts,
            options -> budget.share(options, parts),
            done -> progress.accept(done / 2));
    boolean amiss =
        figures.lost() > 0 || figures.waitingAtSources() > 0 || figures.drained() == null;
    Advice advice =
        amiss
            ? advice(node, settings, figures, budget, done -> progress.accept(0.5 + done / 2))
            : null;
    return new Result(
        node.name(), node.type(), settings, figures, parts, budget.mostBytes(), advice);
  }

  private static DestinationSettings settings(PipelineGraph.Node node) {
    if (node.kind() != NodeKind.DESTINATION
        || !(node.factory() instanceof DestinationFactory<?> factory)) {
      throw new IllegalArgumentException(node.name() + " is no destination");
    }
    return settings(factory, node.config());
  }

  private static <C extends Record> DestinationSettings settings(
      DestinationFactory<C> factory, Record config) {
    return factory.settings(factory.configType().cast(config));
  }

  private int parts(DestinationSettings settings, int most) throws TooMuchException {
    long items = load.outageItems();
    long wanted = (items + MAX_ITEMS - 1) / MAX_ITEMS;
    int parts =
        (int) Math.max(Math.min(Math.min(wanted, most), ScaledSettings.mostParts(settings)), 1);
    if (items / parts > FAR_TOO_MANY_ITEMS) {
      throw new TooMuchException(
          "an outage of "
              + items
              + " items is too much for a queue this small: it is full within moments. Shorten --outage, or"
              + " raise max_byte_size, or the disk budget where there is one");
    }
    return parts;
  }

  private Figures run(
      PipelineGraph.Node node,
      DestinationSettings settings,
      int parts,
      UnaryOperator<QueueOptions> shared,
      DoubleConsumer progress) {
    Subject subject =
        new Subject(
            node.name(),
            ScaledSettings.of(settings, parts),
            DataSize.ofBytes(Math.max(agent.itemBufferMaxByteLimit().bytes() / parts, 1)),
            agent.itemBufferFlushInterval(),
            node.type().equals(NUMBERED_TYPE) ? NUMBERED_WINDOWS : 0,
            shared);
    return new OutageRun(subject, load.dividedBy(parts), progress).run().times(parts);
  }

  private Advice advice(
      PipelineGraph.Node node,
      DestinationSettings settings,
      Figures figures,
      BudgetPart budget,
      DoubleConsumer progress)
      throws TooMuchException {
    PersistentQueueSettings queue = settings.persistentQueue();
    Integer fasterDrain = null;
    if (figures.drained() == null && queue != null && drainIsTheCause(queue)) {
      fasterDrain = (int) Math.min(Math.ceil(2 * load.itemsPerSecond()), Integer.MAX_VALUE);
    }
    DestinationSettings roomy = ScaledSettings.withRoom(settings, fasterDrain);
    Figures enough =
        run(node, roomy, parts(roomy, Integer.MAX_VALUE), options -> options, progress);
    Duration age =
        queue != null && figures.dropped().containsKey("max_age") ? enough.oldest() : null;
    return Advice.of(enough, fasterDrain, age, queue == null, budget);
  }

  private boolean drainIsTheCause(PersistentQueueSettings queue) {
    double receiver = load.recoveredItemsPerSecond();
    return queue.drainRateLimit() > 0
        && queue.drainRateLimit() <= load.itemsPerSecond() * 1.05
        && (receiver == 0 || receiver > load.itemsPerSecond());
  }
}
