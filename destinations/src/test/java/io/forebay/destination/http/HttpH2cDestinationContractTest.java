package io.forebay.destination.http;

import io.forebay.core.component.Destination;
import io.forebay.destination.Contexts;
import io.forebay.destination.DestinationContract;
import io.forebay.destination.Items;
import io.forebay.destination.http.HttpOutputConfig.Protocol;
import io.forebay.destination.http.HttpReceiver.Received;
import java.util.ArrayList;
import java.util.List;
import reactor.netty.http.HttpProtocol;

class HttpH2cDestinationContractTest extends DestinationContract {

  private final HttpReceiver receiver =
      new HttpReceiver(server -> server.protocol(HttpProtocol.H2C));

  @Override
  protected Destination newDestination() {
    return new HttpDestinationFactory()
        .create(
            HttpConfigs.to("http://127.0.0.1:" + receiver.port() + "/in")
                .protocol(Protocol.H2C)
                .build(),
            Contexts.context());
  }

  @Override
  protected void receiverUp() {
    receiver.start();
  }

  @Override
  protected void receiverDown() {
    receiver.stop();
  }

  @Override
  protected List<String> received() {
    List<String> lines = new ArrayList<>();
    for (Received request : receiver.received()) {
      lines.addAll(Items.split(request.body(), request.body().length));
    }
    return lines;
  }
}
