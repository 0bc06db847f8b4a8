/**
 * From the checked graph to a running one; the only package that calls {@code subscribe}. Starts
 * destinations first and sources last, stops sources first.
 */
@NullMarked
package io.forebay.core.runtime;

import org.jspecify.annotations.NullMarked;
