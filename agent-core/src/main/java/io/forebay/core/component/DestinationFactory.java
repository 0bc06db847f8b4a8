package io.forebay.core.component;

/**
 * Makes destinations of one type. Its record holds a {@code DestinationSettings} component,
 * flattened.
 */
public non-sealed interface DestinationFactory<C extends Record> extends ComponentFactory<C> {
  Destination create(C config, ComponentContext context);
}
