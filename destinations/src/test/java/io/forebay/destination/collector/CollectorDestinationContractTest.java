package io.forebay.destination.collector;

import io.forebay.core.component.Destination;
import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.SendResult;
import io.forebay.core.item.Batch;
import io.forebay.destination.Contexts;
import io.forebay.destination.DestinationContract;
import java.util.List;
import reactor.core.publisher.Mono;

class CollectorDestinationContractTest extends DestinationContract {

  private final TestCollector collector = new TestCollector();
  private final Numbers numbers = new Numbers();

  @Override
  protected Destination newDestination() {
    return new CollectorDestinationFactory()
        .create(Collectors.at(collector.port()), Contexts.context());
  }

  @Override
  protected Mono<SendResult> sending(Destination to, Batch batch) {
    return numbers.send((NumberedDestination) to, batch);
  }

  @Override
  protected void receiverUp() throws Exception {
    collector.start();
  }

  @Override
  protected void receiverDown() throws Exception {
    collector.stop();
  }

  @Override
  protected List<String> received() {
    return collector.lines();
  }
}
