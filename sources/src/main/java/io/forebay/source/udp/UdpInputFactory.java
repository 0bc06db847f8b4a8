package io.forebay.source.udp;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;

/** Makes {@code udp_input} nodes. */
public final class UdpInputFactory implements SourceFactory<UdpInputConfig> {

  @Override
  public String type() {
    return "udp_input";
  }

  @Override
  public String summary() {
    return "Receives lines in UDP datagrams.";
  }

  @Override
  public Class<UdpInputConfig> configType() {
    return UdpInputConfig.class;
  }

  @Override
  public Source create(UdpInputConfig config, ComponentContext context) {
    return new UdpSource(config, context, address -> {});
  }
}
