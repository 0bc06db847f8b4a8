package io.forebay.source.tcp;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;

/** Makes {@code tcp_input} nodes. */
public final class TcpInputFactory implements SourceFactory<TcpInputConfig> {

  @Override
  public String type() {
    return "tcp_input";
  }

  @Override
  public String summary() {
    return "Receives lines over TCP connections, with or without TLS.";
  }

  @Override
  public Class<TcpInputConfig> configType() {
    return TcpInputConfig.class;
  }

  @Override
  public Source create(TcpInputConfig config, ComponentContext context) {
    return new TcpSource(config, context, address -> {});
  }
}
