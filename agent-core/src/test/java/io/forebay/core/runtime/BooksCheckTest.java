package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.core.component.Processor;
import io.forebay.core.item.Batch;
import io.forebay.core.telemetry.AgentTelemetry;
import io.forebay.core.telemetry.NodeTelemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** A broken equation is noticed, and one that only looks broken for a moment is not. */
class BooksCheckTest {

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(BooksCheck.class);

  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Assembly assembly =
      new Assembly(
          new AgentTelemetry(registry, Clock.systemUTC()),
          Schedulers.newSingle("test-books", true),
          new Random(1));
  private final TestBatches batches = new TestBatches();
  private final ScriptedDelivery delivery = new ScriptedDelivery("out");

  @BeforeEach
  void listen() {
    appender.start();
    LOGGER.setLevel(Level.INFO);
    LOGGER.setAdditive(false);
    LOGGER.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    LOGGER.detachAppender(appender);
    LOGGER.setAdditive(true);
    LOGGER.setLevel(null);
    assembly.timer().dispose();
  }

  private BooksCheck run(Function<NodeTelemetry, Processor> maker) {
    assembly.source(
        "in",
        "test_input",
        node ->
            () ->
                Flux.concat(
                    Flux.just(batches.of("a", "b"), batches.of("c"), batches.of("d")),
                    Flux.never()));
    assembly.processor("middle", "test_processor", maker);
    assembly.destination("out", "test_output", (n, l) -> delivery, Disposables.disposed());
    assembly.link("in", "", "middle");
    assembly.link("middle", "", "out");
    BooksCheck books = new BooksCheck(assembly, () -> true);
    // Without a pipeline around it, whose own check would look as well.
    assembly.destinations().forEach(DestinationNode::start);
    assembly.processors().forEach(ProcessorNode::start);
    assembly.sources().forEach(SourceNode::start);
    return books;
  }

  private static void tick(BooksCheck books, int times) {
    for (int i = 0; i < times; i++) {
      books.tick();
    }
  }

  private double unaccounted(String node) {
    return registry.get("forebay.node.unaccounted.items").tag("node", node).gauge().value();
  }

  private List<String> errors() {
    return appender.list.stream()
        .filter(event -> event.getLevel() == Level.ERROR)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void booksThatBalance_areNotWorthAWord() {
    BooksCheck books = run(node -> Processor.ofBatches(batch -> batch));

    tick(books, 30);
    books.end();

    assertThat(errors()).isEmpty();
    assertThat(unaccounted("in") + unaccounted("middle") + unaccounted("out")).isZero();
  }

  @Test
  void aDestinationWhoseSumIsWrong_isAnError_inLogAndMeter_untilItIsRight() {
    BooksCheck books = run(node -> Processor.ofBatches(batch -> batch));

    delivery.deadLettered = 3;
    tick(books, 2);

    assertThat(unaccounted("out")).isEqualTo(3);
    assertThat(errors())
        .singleElement()
        .asString()
        .startsWith("out: the books do not balance: 3 items are not accounted for in received =");
    tick(books, 20);
    assertThat(errors()).hasSize(1);

    delivery.deadLettered = 0;
    tick(books, 1);
    assertThat(unaccounted("out")).isZero();
    assertThat(appender.list)
        .last()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith("out: the books balance again");
  }

  @Test
  void aProcessorThatSwallowsItems_isAnError_onceNothingMoves() {
    BooksCheck books =
        run(node -> flux -> flux.map(batch -> batch.withItems(batch.items().subList(0, 1))));

    tick(books, Balance.QUIET_LOOKS - 1);
    assertThat(errors()).isEmpty();
    tick(books, 1);

    assertThat(unaccounted("middle")).isEqualTo(1);
    assertThat(errors())
        .singleElement()
        .asString()
        .contains("middle: the books do not balance", "read + created = written");
  }

  @Test
  void aProcessorThatMultipliesItems_isAnError_unlessItSaysSo() {
    BooksCheck books = run(node -> flux -> flux.map(BooksCheckTest::twice));

    tick(books, 3);

    assertThat(unaccounted("middle")).isEqualTo(4);
  }

  @Test
  void aProcessorThatSaysWhatItMakesAndDrops_isWell() {
    BooksCheck books =
        run(
            node ->
                flux ->
                    flux.map(
                        batch -> {
                          node.onCreated(batch.size());
                          return twice(batch);
                        }));

    tick(books, 30);

    assertThat(errors()).isEmpty();
  }

  private static Batch twice(Batch batch) {
    return batch.withItems(
        java.util.stream.Stream.concat(batch.items().stream(), batch.items().stream()).toList());
  }

  @Test
  void dropsWithoutAReason_andReasonsWithoutADrop_areErrors() {
    BooksCheck books = run(node -> Processor.ofBatches(batch -> batch));

    assembly
        .nodes()
        .filter(node -> node.name().equals("out"))
        .findFirst()
        .orElseThrow()
        .onDropped("test", 2, 0);
    tick(books, Balance.QUIET_LOOKS);

    assertThat(errors()).singleElement().asString().contains("dropped = the sum of its reasons");
  }

  @Test
  void whatADestinationHoldsBack_isUnderWay_andNotLost() {
    delivery.hold();
    BooksCheck books = run(node -> Processor.ofBatches(batch -> batch));

    tick(books, 40);

    assertThat(errors()).isEmpty();
  }
}
