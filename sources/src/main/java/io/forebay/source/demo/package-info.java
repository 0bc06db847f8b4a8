/** {@code demo_input}: made-up log lines at a steady rate, for trying out and for measuring. */
@NullMarked
package io.forebay.source.demo;

import org.jspecify.annotations.NullMarked;
