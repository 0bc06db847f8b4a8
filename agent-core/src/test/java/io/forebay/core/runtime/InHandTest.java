package io.forebay.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.graph.NodeKind;
import io.forebay.core.item.Batch;
import io.forebay.core.telemetry.AgentTelemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class InHandTest {

  private final TestBatches batches = new TestBatches();
  private final InHand inHand = new InHand(items -> {});

  private Batch give() {
    Batch batch = batches.of("a");
    var node =
        new AgentTelemetry(new SimpleMeterRegistry(), Clock.systemUTC())
            .node("node", "test", NodeKind.PROCESSOR);
    inHand.give(new Parcel(batch, 1, new Link(new Outlets(node, null), "", new Inlet(node))));
    return batch;
  }

  @Test
  void whatIsDiscardedBeforeAFailureIsTheCallers() {
    Batch batch = give();

    inHand.discarded(batch);

    assertThat(batches.ended()).isZero();
    Parcel dropped = inHand.drop();
    assertThat(dropped).isNotNull();
    assertThat(dropped.batch()).isSameAs(batch);
    assertThat(inHand.drop()).isNull();
  }

  @Test
  void whatIsDiscardedWithoutAFailureFailsAtTheNextBatch() {
    inHand.discarded(give());

    give();

    assertThat(batches.failed).hasValue(1);
  }

  @Test
  void whatIsDiscardedBeforeTheEndFailsAtTheEnd() {
    inHand.discarded(give());

    inHand.abandon();

    assertThat(batches.failed).hasValue(1);
  }

  @Test
  void whatIsDiscardedAfterTheEndFailsAtOnce() {
    Batch batch = give();
    inHand.abandon();

    inHand.discarded(batch);

    assertThat(batches.failed).hasValue(1);
  }

  @Test
  void theRestOfAShareOfWhichSomethingWasEmittedFails() {
    Batch batch = give();
    batch.acknowledgement().retain(1);
    inHand.released(batch.acknowledgement());
    batch.acknowledgement().complete();

    inHand.discarded(batch);

    assertThat(batches.failed).hasValue(1);
    assertThat(inHand.drop()).isNull();
  }

  @Test
  void theRestOfADroppedShareIsDroppedWithIt() {
    Batch batch = give();
    batch.acknowledgement().retain(1);
    assertThat(inHand.drop()).isNotNull();
    batch.acknowledgement().complete();

    inHand.discarded(batch.withItems(batch.items()));

    assertThat(batches.safe).hasValue(1);
  }
}
