package io.forebay.source.http;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;

/** Makes {@code http_input} nodes. */
public final class HttpInputFactory implements SourceFactory<HttpInputConfig> {

  @Override
  public String type() {
    return "http_input";
  }

  @Override
  public String summary() {
    return "Receives lines, NDJSON or JSON arrays by HTTP; answers 200 once they are safe.";
  }

  @Override
  public Class<HttpInputConfig> configType() {
    return HttpInputConfig.class;
  }

  @Override
  public Source create(HttpInputConfig config, ComponentContext context) {
    return new HttpSource(config, context, address -> {});
  }
}
