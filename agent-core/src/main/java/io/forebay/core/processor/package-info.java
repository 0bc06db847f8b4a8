/** The built-in processors, one file each with its configuration record and factory. */
@NullMarked
package io.forebay.core.processor;

import org.jspecify.annotations.NullMarked;
