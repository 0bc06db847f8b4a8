package io.forebay.destination.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.function.Supplier;

/**
 * One request.
 *
 * @param headers all of them but the length
 * @param body makes a buffer that the transport releases; asked again when the attempt is repeated
 *     on a new connection
 * @param bodyBytes its length
 * @param keepBytes how much of the answer's body is wanted
 */
record HttpCall(
    HttpMethod method,
    URI uri,
    HttpHeaders headers,
    Supplier<ByteBuf> body,
    int bodyBytes,
    int keepBytes) {}
