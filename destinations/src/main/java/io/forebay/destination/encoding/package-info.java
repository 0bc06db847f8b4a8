/**
 * Turns the items of a batch into the bytes that go out: the form ({@link
 * io.forebay.destination.encoding.BatchFormat}), the compression, and the buffers that are used
 * again. Knows no wire and no file.
 */
@NullMarked
package io.forebay.destination.encoding;

import org.jspecify.annotations.NullMarked;
