package io.forebay.core.component;

import java.util.Set;

/**
 * Makes the nodes of one type. Registered by listing the class in {@code
 * META-INF/services/io.forebay.core.component.ComponentFactory}; needs a public constructor without
 * parameters. Making a node must not open, bind or start anything: that happens on subscription.
 *
 * @param <C> the record of the node's own keys, its components annotated with {@code
 *     io.forebay.core.config.Key}
 */
public sealed interface ComponentFactory<C extends Record>
    permits SourceFactory, ProcessorFactory, DestinationFactory {

  /** The node type as written in a pipeline file, such as {@code http_output}. */
  String type();

  /** One sentence for {@code forebay nodes}. */
  String summary();

  /** The record that the node's keys are read into. */
  Class<C> configType();

  /** Other names under which the type is accepted. */
  default Set<String> aliases() {
    return Set.of();
  }

  /** Names of the exits beside the ordinary one, which a link chooses with {@code path}. */
  default Set<String> paths() {
    return Set.of();
  }
}
