/**
 * Sources that block (files, standard input, processes) run on a thread of their own; this package
 * holds that thread and its meeting with Reactor: demand, cancelling, completion. Nothing here
 * knows what is read.
 */
@NullMarked
package io.forebay.source.worker;

import org.jspecify.annotations.NullMarked;
