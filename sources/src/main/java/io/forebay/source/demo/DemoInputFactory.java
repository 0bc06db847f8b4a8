package io.forebay.source.demo;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;

/** Makes {@code demo_input} nodes. */
public final class DemoInputFactory implements SourceFactory<DemoInputConfig> {

  @Override
  public String type() {
    return "demo_input";
  }

  @Override
  public String summary() {
    return "Makes up numbered log lines at a steady rate.";
  }

  @Override
  public Class<DemoInputConfig> configType() {
    return DemoInputConfig.class;
  }

  @Override
  public Source create(DemoInputConfig config, ComponentContext context) {
    return new DemoInput(config, context);
  }
}
