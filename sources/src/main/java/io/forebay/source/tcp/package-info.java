/** {@code tcp_input}: lines that clients send over TCP connections. */
@NullMarked
package io.forebay.source.tcp;

import org.jspecify.annotations.NullMarked;
