/**
 * {@code forebay demo}: the real agent against a receiver that fails for a while, a live view of
 * it, and the ledger that must add up.
 */
@NullMarked
package io.forebay.agent.demo;

import org.jspecify.annotations.NullMarked;
