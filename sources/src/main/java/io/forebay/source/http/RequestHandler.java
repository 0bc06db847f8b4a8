package io.forebay.source.http;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.config.AuthenticationSettings;
import io.forebay.core.item.Item;
import io.forebay.source.line.ChunkPool;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Takes one request after the other: checks it, reads it, offers its items, answers. */
final class RequestHandler {

  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  // What is smaller is split on the event loop: quicker than to hand it to another thread.
  private static final int SMALL_BODY_BYTES = 128 << 10;
  private static final long UNDECLARED = Long.MAX_VALUE;
  private static final int ITEM_OVERHEAD_BYTES = 96;
  private static final String HEADER_ATTRIBUTE = "http.request.header.";

  private final ChunkPool bodies = GrowingBytes.usualBodies();
  private final HttpInputConfig config;
  private final ComponentContext context;
  private final BatchIntake intake;
  private final ByteBudget budget;
  private final Scheduler workers;
  private final @Nullable Credentials credentials;
  private final Answers answers;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();
  private final WaitingRequests underWay = new WaitingRequests();
  private volatile boolean stopping;

  RequestHandler(
      HttpInputConfig config,
      ComponentContext context,
      BatchIntake intake,
      ByteBudget budget,
      Scheduler workers) {
    this.config = config;
    this.context = context;
    this.intake = intake;
    this.budget = budget;
    this.workers = workers;
    AuthenticationSettings authentication = config.authentication();
    this.credentials = authentication == null ? null : new Credentials(authentication);
    this.answers =
        new Answers(config.retryAfter(), credentials == null ? null : credentials.challenge());
  }

  /** Begins to answer those who wait for too long; until the workers are disposed of. */
  void start() {
    underWay.expireAfter(config.writeTimeout(), workers);
  }

  /** Answers new requests 503 from now on. */
  void stop() {
    stopping = true;
  }

  /** Answers 503 to those who still wait for an acknowledgement. */
  void expire() {
    underWay.expire();
  }

  /** Whether no request is being handled. */
  boolean isIdle() {
    return open.get() == 0;
  }

  /**
   * Handles one request on its event loop. Cancelled when the client goes away, and does not end
   * when that is noticed here first.
   */
  Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    open.incrementAndGet();
    MemoryLease lease = new MemoryLease(budget);
    return Mono.defer(() -> accept(request, lease))
        .flatMap(count -> answers.accepted(response, count))
        .onErrorResume(Refusal.class, refusal -> refuse(response, refusal))
        .onErrorResume(error -> failed(response, error))
        .doFinally(
            signal -> {
              open.decrementAndGet();
              lease.requestEnded();
            })
        // Nobody is left to answer; to complete would be to send an empty answer.
        .onErrorResume(RequestHandler::meansGone, error -> Mono.never());
  }

  private Mono<Integer> accept(HttpServerRequest request, MemoryLease lease) {
    HttpHeaders headers = request.requestHeaders();
    long declaredBytes = declaredBytes(headers);
    check(request, headers, declaredBytes);
    ContentCoding coding =
        ContentCoding.ofHeader(
            String.join(",", headers.getAll(HttpHeaderNames.CONTENT_ENCODING)),
            config.compression());
    int maxBytes = (int) config.maxBodySize().bytes();
    GrowingBytes body = new GrowingBytes(declaredBytes, maxBytes, "max_body_size", lease, bodies);
    String contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
    Map<String, @Nullable Object> attributes = attributes(headers);
    EventLoop loop = eventLoop(request);
    return request
        .receive()
        .doOnNext(body::append)
        .then(
            inSlot(
                Mono.defer(() -> items(body, coding, contentType, attributes, lease))
                    .flatMap(
                        items ->
                            items.isEmpty()
                                ? Mono.just(0)
                                : Submission.of(items, lease, intake, loop, underWay))));
  }

  /** A request has a slot once it has arrived, so that slow senders cannot take all of them. */
  private Mono<Integer> inSlot(Mono<Integer> work) {
    return Mono.defer(
        () -> {
          if (active.incrementAndGet() > config.activeRequestLimit()) {
            active.decrementAndGet();
            return Mono.error(tooManyRequests());
          }
          return work.doFinally(signal -> active.decrementAndGet());
        });
  }

  private static Refusal tooManyRequests() {
    return Refusal.busy("too many requests are under way (active_request_limit)");
  }

  private void check(HttpServerRequest request, HttpHeaders headers, long declaredBytes) {
    if (stopping) {
      throw Refusal.stopping();
    }
    if (credentials != null && !credentials.accept(headers.get(HttpHeaderNames.AUTHORIZATION))) {
      throw Refusal.because(
          HttpResponseStatus.UNAUTHORIZED, "the Authorization header is missing or wrong");
    }
    if (!isServed(request.uri())) {
      throw Refusal.because(HttpResponseStatus.NOT_FOUND, "nothing is received at this path");
    }
    HttpMethod method = request.method();
    if (!method.equals(HttpMethod.POST) && !method.equals(HttpMethod.PUT)) {
      throw Refusal.because(HttpResponseStatus.METHOD_NOT_ALLOWED, "use POST or PUT");
    }
    if (active.get() >= config.activeRequestLimit()) {
      throw tooManyRequests();
    }
    if (declaredBytes != UNDECLARED && declaredBytes > config.maxBodySize().bytes()) {
      throw Refusal.tooLarge(
          "the body is larger than "
              + config.maxBodySize().bytes()
              + " bytes (max_body_size); send smaller requests");
    }
    if (declaredBytes != UNDECLARED && declaredBytes > budget.maxBytes()) {
      throw Refusal.tooLarge(
          "the body is larger than the "
              + budget.maxBytes()
              + " bytes of max_pending_size; send smaller requests");
    }
  }

  private static long declaredBytes(HttpHeaders headers) {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    // The decoder has refused what is no number.
    return length == null ? UNDECLARED : Long.parseLong(length.strip());
  }

  private boolean isServed(String uri) {
    if (config.includedPaths().isEmpty() && config.excludedPaths().isEmpty()) {
      return true;
    }
    String path = path(uri);
    return (config.includedPaths().isEmpty() || matches(config.includedPaths(), path))
        && !matches(config.excludedPaths(), path);
  }

  /** The path without escapes, so that they hide nothing from the expressions. */
  private static String path(String uri) {
    int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
    int start = scheme < 0 ? 0 : uri.indexOf('/', scheme + 3);
    try {
      return start < 0 ? "/" : new QueryStringDecoder(uri.substring(start)).path();
    } catch (IllegalArgumentException e) {
      throw Refusal.because(HttpResponseStatus.BAD_REQUEST, "the path has a malformed escape");
    }
  }

  private static boolean matches(List<Pattern> patterns, String path) {
    for (Pattern pattern : patterns) {
      if (pattern.matcher(path).find()) {
        return true;
      }
    }
    return false;
  }

  private Map<String, @Nullable Object> attributes(HttpHeaders headers) {
    if (config.attributesFromHeader().isEmpty()) {
      return Map.of();
    }
    Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
    for (String name : config.attributesFromHeader()) {
      String value = headers.get(name);
      if (value != null) {
        attributes.put(HEADER_ATTRIBUTE + name.toLowerCase(Locale.ROOT), value);
      }
    }
    return attributes;
  }

  private static EventLoop eventLoop(HttpServerRequest request) {
    EventLoop[] loop = new EventLoop[1];
    request.withConnection(connection -> loop[0] = connection.channel().eventLoop());
    return loop[0];
  }

  private Mono<List<Item>> items(
      GrowingBytes body,
      ContentCoding coding,
      @Nullable String contentType,
      Map<String, @Nullable Object> attributes,
      MemoryLease lease) {
    return Mono.fromSupplier(() -> unpack(body, coding, contentType, attributes, lease))
        .transform(
            items ->
                coding == ContentCoding.UNCOMPRESSED && body.size() <= SMALL_BODY_BYTES
                    ? items
                    : items.subscribeOn(workers));
  }

  private List<Item> unpack(
      GrowingBytes body,
      ContentCoding coding,
      @Nullable String contentType,
      Map<String, @Nullable Object> attributes,
      MemoryLease lease) {
    GrowingBytes plain = body;
    if (coding != ContentCoding.UNCOMPRESSED && body.size() > 0) {
      int max = (int) config.maxDecompressedSize().bytes();
      plain = new GrowingBytes(Long.MAX_VALUE, max, "max_decompressed_size", lease, bodies);
      coding.decode(body.array(), body.size(), plain);
      body.recycle();
    }
    lease.recycling(plain::recycle);
    int maxLineBytes = (int) config.maxLineSize().bytes();
    BodyParser parser = new BodyParser(maxLineBytes, context.clock().millis(), attributes);
    List<Item> items = parser.parse(plain.array(), plain.size(), contentType);
    lease.grow((long) items.size() * ITEM_OVERHEAD_BYTES);
    if (parser.cutLines() > 0) {
      context.listener().onEvent("line_cut", parser.cutLines());
      context.listener().onDropped("line_cut", 0, parser.cutBytes());
    }
    return items;
  }

  private Mono<Void> failed(HttpServerResponse response, Throwable error) {
    if (meansGone(error)) {
      log.debug("{}: the client went away", context.nodeName(), error);
      return Mono.error(error);
    }
    log.error("{}: a request failed", context.nodeName(), error);
    return refuse(response, Refusal.failed());
  }

  private static boolean meansGone(Throwable error) {
    return error instanceof AbortedException || AbortedException.isConnectionReset(error);
  }

  private Mono<Void> refuse(HttpServerResponse response, Refusal refusal) {
    context.listener().onEvent("refused_" + refusal.status().code(), 1);
    log.debug(
        "{}: answered {}: {}", context.nodeName(), refusal.status().code(), refusal.getMessage());
    return answers.refused(response, refusal);
  }
}
