/**
 * {@code tcp_output}: batches as a stream of lines over TCP connections. The protocol has no
 * answer, so that delivered means handed to the operating system, and no more.
 */
@NullMarked
package io.forebay.destination.tcp;

import org.jspecify.annotations.NullMarked;
