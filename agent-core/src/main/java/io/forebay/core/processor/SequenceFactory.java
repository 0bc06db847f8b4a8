package io.forebay.core.processor;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Processor;
import io.forebay.core.component.ProcessorFactory;

/** {@code sequence}: applies processors in order, in one node. */
public final class SequenceFactory implements ProcessorFactory<SequenceConfig> {

  @Override
  public String type() {
    return "sequence";
  }

  @Override
  public String summary() {
    return "Applies a list of processors in order, as one node.";
  }

  @Override
  public Class<SequenceConfig> configType() {
    return SequenceConfig.class;
  }

  @Override
  public Processor create(SequenceConfig config, ComponentContext context) {
    return new Sequence(
        config.processors().stream().map(step -> step.create(context)).toList(),
        context.listener());
  }
}
