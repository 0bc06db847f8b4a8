/**
 * The interfaces that a node type implements: a {@link io.forebay.core.component.Source source}, a
 * {@link io.forebay.core.component.Processor processor} or a {@link
 * io.forebay.core.component.Destination destination}, made by a {@link
 * io.forebay.core.component.ComponentFactory factory} that third parties register by {@link
 * java.util.ServiceLoader}. No node type lives here, and no machinery that runs them.
 */
@NullMarked
package io.forebay.core.component;

import org.jspecify.annotations.NullMarked;
