package io.forebay.source.stdin;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;

/** Makes {@code stdin_input} nodes. */
public final class StdinInputFactory implements SourceFactory<StdinInputConfig> {

  @Override
  public String type() {
    return "stdin_input";
  }

  @Override
  public String summary() {
    return "Reads lines from the agent's standard input, and completes at its end.";
  }

  @Override
  public Class<StdinInputConfig> configType() {
    return StdinInputConfig.class;
  }

  @Override
  public Source create(StdinInputConfig config, ComponentContext context) {
    return new StdinInput(config, context, InputPump.standardInput());
  }
}
