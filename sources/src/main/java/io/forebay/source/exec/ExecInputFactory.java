package io.forebay.source.exec;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;

/** Makes {@code exec_input} nodes. */
public final class ExecInputFactory implements SourceFactory<ExecInputConfig> {

  @Override
  public String type() {
    return "exec_input";
  }

  @Override
  public String summary() {
    return "Runs a command at an interval, or keeps it running, and reads the lines it prints.";
  }

  @Override
  public Class<ExecInputConfig> configType() {
    return ExecInputConfig.class;
  }

  @Override
  public Source create(ExecInputConfig config, ComponentContext context) {
    return new ExecInput(config, context);
  }
}
