package io.forebay.core.component;

import io.forebay.core.config.DestinationSettings;

/**
 * Makes destinations of one type. Its record holds a {@code DestinationSettings} component,
 * flattened.
 */
public non-sealed interface DestinationFactory<C extends Record> extends ComponentFactory<C> {

  /** The shared keys of a destination of this configuration. */
  DestinationSettings settings(C config);

  Destination create(C config, ComponentContext context);
}
