/** {@code udp_input}: lines that clients send in UDP datagrams. */
@NullMarked
package io.forebay.source.udp;

import org.jspecify.annotations.NullMarked;
