package io.forebay.destination.discard;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Destination;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.config.DestinationSettings;
import reactor.core.publisher.Mono;

/** Makes {@code void_output} nodes. */
public final class VoidDestinationFactory implements DestinationFactory<VoidOutputConfig> {

  @Override
  public String type() {
    return "void_output";
  }

  @Override
  public String summary() {
    return "Discards everything and reports it as delivered.";
  }

  @Override
  public Class<VoidOutputConfig> configType() {
    return VoidOutputConfig.class;
  }

  @Override
  public DestinationSettings settings(VoidOutputConfig config) {
    return config.delivery();
  }

  @Override
  public Destination create(VoidOutputConfig config, ComponentContext context) {
    return batch -> Mono.just(Delivered.INSTANCE);
  }
}
