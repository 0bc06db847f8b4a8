package io.forebay.destination.debug;

import io.forebay.core.component.Destination;
import io.forebay.destination.Contexts;
import io.forebay.destination.DestinationContract;
import io.forebay.destination.Items;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

class DebugDestinationTest extends DestinationContract {

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private volatile boolean broken;

  @Override
  protected Destination newDestination() {
    OutputStream stream =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (broken) {
              throw new IOException("Broken pipe");
            }
            received.write(bytes, offset, length);
          }
        };
    return new DebugDestinationFactory(stream)
        .create(new DebugOutputConfig(Contexts.settings(4, PATIENCE)), Contexts.context());
  }

  @Override
  protected void receiverUp() {
    broken = false;
  }

  @Override
  protected void receiverDown() {
    broken = true;
  }

  @Override
  protected List<String> received() {
    byte[] bytes = received.toByteArray();
    return Items.split(bytes, bytes.length);
  }
}
