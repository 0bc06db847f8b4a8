/**
 * What the sources that listen on a port share: the way from many connections to one subscriber,
 * bounds on memory and connections, TLS of a server. No protocol lives here.
 */
@NullMarked
package io.forebay.source.net;

import org.jspecify.annotations.NullMarked;
