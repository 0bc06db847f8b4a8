package io.forebay.core.component;

/** Makes processors of one type. */
public non-sealed interface ProcessorFactory<C extends Record> extends ComponentFactory<C> {
  Processor create(C config, ComponentContext context);
}
