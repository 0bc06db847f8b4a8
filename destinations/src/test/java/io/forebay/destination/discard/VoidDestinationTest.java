package io.forebay.destination.discard;

import io.forebay.core.component.Destination;
import io.forebay.destination.Contexts;
import io.forebay.destination.DestinationContract;
import java.util.List;

class VoidDestinationTest extends DestinationContract {

  @Override
  protected Destination newDestination() {
    return new VoidDestinationFactory()
        .create(new VoidOutputConfig(Contexts.settings(4, PATIENCE)), Contexts.context());
  }

  @Override
  protected void receiverUp() {}

  @Override
  protected void receiverDown() {}

  @Override
  protected List<String> received() {
    return List.of();
  }

  @Override
  protected boolean canFail() {
    return false;
  }

  @Override
  protected boolean canReceive() {
    return false;
  }
}
