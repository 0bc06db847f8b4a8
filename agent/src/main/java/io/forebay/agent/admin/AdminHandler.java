package io.forebay.agent.admin;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Finds the page for a request and writes it. */
final class AdminHandler
    implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

  private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

  private final Map<String, AdminPage> pages;
  private final HostCheck hostCheck;

  AdminHandler(Collection<AdminPage> pages, HostCheck hostCheck) {
    this.pages = pages.stream().collect(Collectors.toMap(AdminPage::path, page -> page));
    this.hostCheck = hostCheck;
  }

  @Override
  public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
    AdminResponse answer = answer(request);
    response
        .status(answer.status())
        .header(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(answer.body().length()))
        .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .header("x-content-type-options", "nosniff");
    if (answer.status() == 405) {
      response.header(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      // The body that came with it is not worth keeping a connection for.
      response.header(HttpHeaderNames.CONNECTION, "close");
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      return response.send();
    }
    return response.sendObject(Unpooled.wrappedBuffer(answer.body().toByteBuffer()));
  }

  private AdminResponse answer(HttpServerRequest request) {
    if (!hostCheck.allows(request.requestHeaders().get(HttpHeaderNames.HOST))) {
      return AdminResponse.text(
          403, "the Host header must be localhost or an address, since this server is local\n");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return AdminResponse.text(405, "only GET and HEAD\n");
    }
    AdminPage page = pages.get(request.fullPath());
    if (page == null) {
      return AdminResponse.text(404, "no such page; see /\n");
    }
    try {
      return page.content().render();
    } catch (Exception e) {
      log.error("the admin page {} failed", page.path(), e);
      return AdminResponse.text(500, "this page failed; the agent's log says why\n");
    }
  }
}
