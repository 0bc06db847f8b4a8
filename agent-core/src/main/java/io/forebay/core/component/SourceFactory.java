package io.forebay.core.component;

/** Makes sources of one type. */
public non-sealed interface SourceFactory<C extends Record> extends ComponentFactory<C> {
  Source create(C config, ComponentContext context);
}
