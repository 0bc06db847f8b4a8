/**
 * {@code collector_input}: events that other agents send by the collector protocol. A window is
 * answered once its events are acknowledged and the agent's cursor is durable; each event is taken
 * once.
 */
@NullMarked
package io.forebay.source.collector;

import org.jspecify.annotations.NullMarked;
