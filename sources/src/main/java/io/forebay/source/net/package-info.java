/**
 * What the sources that listen on a port share: the way from many connections to one subscriber,
 * bounds on memory and connections, TLS of a server, a close that does not destroy the answer
 * before it. No protocol lives here.
 */
@NullMarked
package io.forebay.source.net;

import org.jspecify.annotations.NullMarked;
