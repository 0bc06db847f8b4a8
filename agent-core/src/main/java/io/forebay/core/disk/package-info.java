/** The agent's bytes on disk as a whole: which queues it owns, and the budget that they share. */
@NullMarked
package io.forebay.core.disk;

import org.jspecify.annotations.NullMarked;
