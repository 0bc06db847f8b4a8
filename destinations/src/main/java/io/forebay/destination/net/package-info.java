/**
 * What destinations on the network share: TLS from files, and what a failed connection means. No
 * protocol lives here.
 */
@NullMarked
package io.forebay.destination.net;

import org.jspecify.annotations.NullMarked;
