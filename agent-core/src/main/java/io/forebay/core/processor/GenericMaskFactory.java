package io.forebay.core.processor;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Processor;
import io.forebay.core.component.ProcessorFactory;

/** {@code generic_mask}: masks what regular expressions find in the texts of an item. */
public final class GenericMaskFactory implements ProcessorFactory<GenericMaskConfig> {

  @Override
  public String type() {
    return "generic_mask";
  }

  @Override
  public String summary() {
    return "Masks what regular expressions find in the body and the attributes.";
  }

  @Override
  public Class<GenericMaskConfig> configType() {
    return GenericMaskConfig.class;
  }

  @Override
  public Processor create(GenericMaskConfig config, ComponentContext context) {
    return new GenericMask(config, context.listener());
  }
}
