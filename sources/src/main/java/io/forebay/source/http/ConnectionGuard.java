package io.forebay.source.http;

import io.forebay.core.component.NodeListener;
import io.forebay.source.net.LingeringClose;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.netty.NettyPipeline;

/**
 * Watches one connection: a request must arrive whole within its time, headers included, however
 * often a byte comes; the rest of a body that was refused is read and thrown away, or the
 * connection closes {@linkplain LingeringClose so that the answer is read} when that would be too
 * much; and a connection without a request closes when the source stops. Confined to the event loop
 * of its channel, but for {@link #stop}, {@link #close} and {@link #isLingering}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
final class ConnectionGuard {

  private static final LingeringClose.Bounds LINGER =
      new LingeringClose.Bounds(Duration.ofSeconds(2), Duration.ofSeconds(5), 256 << 20);

  private final Channel channel;
  private final long timeoutNanos;
  private final long maxDiscardedBytes;
  private final NodeListener listener;
  private final LingeringClose linger = new LingeringClose(LINGER, this::clientMayBeWriting);

  private boolean receiving;
  private boolean receivingBody;
  private long receivingSinceNanos;
  private boolean checkScheduled;
  private int answersOwed;
  private boolean stopping;
  private boolean undecodable;
  private boolean discardable;
  private boolean cutOff;

  private ConnectionGuard(
      Channel channel, long timeoutNanos, long maxDiscardedBytes, NodeListener listener) {
    this.channel = channel;
    this.timeoutNanos = timeoutNanos;
    this.maxDiscardedBytes = maxDiscardedBytes;
    this.listener = listener;
  }

  /**
   * Adds the guard to a pipeline that has its TLS and HTTP codecs.
   *
   * @param timeoutNanos for a request to arrive whole
   * @param maxDiscardedBytes largest body that is read to its end, so that its connection can be
   *     used again, though it was refused
   */
  static ConnectionGuard install(
      Channel channel, long timeoutNanos, long maxDiscardedBytes, NodeListener listener) {
    ConnectionGuard guard = new ConnectionGuard(channel, timeoutNanos, maxDiscardedBytes, listener);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addFirst("forebay.linger", guard.linger);
    pipeline.addBefore(NettyPipeline.HttpCodec, "forebay.bytes", guard.new Bytes());
    pipeline.addAfter(NettyPipeline.HttpCodec, "forebay.messages", guard.new Messages());
    return guard;
  }

  /** Closes the connection once it owes no answer. From any thread. */
  void stop() {
    channel
        .eventLoop()
        .execute(
            () -> {
              stopping = true;
              closeIfIdle();
            });
  }

  /** Closes the connection, whatever it owes. From any thread. */
  void close() {
    channel.eventLoop().execute(linger::closeAtOnce);
  }

  /** Whether everything is answered but the client was not heard to the end. From any thread. */
  boolean isLingering() {
    return linger.isUnderWay();
  }

  private void closeIfIdle() {
    if (stopping && answersOwed == 0) {
      channel.close();
    }
  }

  private boolean clientMayBeWriting() {
    return cutOff || (receivingBody && answersOwed == 0);
  }

  private void bytesArrived() {
    if (receiving) {
      return;
    }
    receiving = true;
    receivingSinceNanos = System.nanoTime();
    if (!checkScheduled) {
      schedule(timeoutNanos);
    }
  }

  // One check a time span rather than a timer a request: most requests are there at once.
  private void schedule(long delayNanos) {
    checkScheduled = true;
    channel.eventLoop().schedule(this::check, delayNanos, TimeUnit.NANOSECONDS);
  }

  private void check() {
    checkScheduled = false;
    if (!receiving || !channel.isActive() || linger.isUnderWay()) {
      return;
    }
    boolean waitsForAnswer = answersOwed > (receivingBody ? 1 : 0);
    if (waitsForAnswer) {
      // A pipelined request: it may not be read before the one ahead of it is answered.
      receivingSinceNanos = System.nanoTime();
    }
    long leftNanos = timeoutNanos - (System.nanoTime() - receivingSinceNanos);
    if (leftNanos > 0) {
      schedule(leftNanos);
      return;
    }
    listener.onEvent("read_timeout", 1);
    boolean answered = receivingBody && answersOwed == 0;
    if (answered) {
      channel.close();
    } else {
      answerAndClose(
          HttpResponseStatus.REQUEST_TIMEOUT, "the request did not arrive within read_timeout");
    }
  }

  /** Answers a request that is not whole. */
  private void answerAndClose(HttpResponseStatus status, String error) {
    cutOff = true;
    ChannelHandlerContext codec = channel.pipeline().context(NettyPipeline.HttpCodec);
    if (codec == null) {
      channel.close();
      return;
    }
    String body = "{\"error\":\"" + error + "\"}";
    String answer =
        "HTTP/1.1 "
            + status
            + "\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    // Written past the codec, which would not take an answer to half a request.
    codec
        .writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** What the decoder could not read, such as headers beyond the bound; then it reads no more. */
  private void refuse(Throwable cause) {
    if (undecodable) {
      return;
    }
    undecodable = true;
    receiving = false;
    listener.onEvent("undecodable_request", 1);
    if (answersOwed > 0) {
      channel.close(); // An answer out of turn would be taken for that of the request ahead.
    } else if (cause instanceof TooLongHttpLineException) {
      answerAndClose(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
    } else if (cause instanceof TooLongHttpHeaderException) {
      answerAndClose(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too large");
    } else {
      answerAndClose(HttpResponseStatus.BAD_REQUEST, "this is no HTTP/1.1 request");
    }
  }

  /** In front of the codec: sees that something arrives. */
  private final class Bytes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      bytesArrived();
      ctx.fireChannelRead(message);
    }
  }

  /** Behind the codec: sees where requests and answers begin and end. */
  private final class Messages extends ChannelDuplexHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
        ReferenceCountUtil.release(message);
        refuse(part.decoderResult().cause());
        return;
      }
      if (message instanceof HttpRequest request) {
        answersOwed++;
        receivingBody = true;
        discardable = isDiscardable(request);
      }
      if (message instanceof LastHttpContent) {
        receivingBody = false;
        receiving = false;
      }
      ctx.fireChannelRead(message);
    }

    /**
     * Not where the body has no end in sight, nor where a client waits for the word to send it:
     * that one may take the refusal for the end of its request and not send a body at all.
     */
    private boolean isDiscardable(HttpRequest request) {
      long declaredBytes = HttpUtil.getContentLength(request, Long.MAX_VALUE);
      return declaredBytes <= maxDiscardedBytes && !HttpUtil.is100ContinueExpected(request);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      boolean interim =
          message instanceof HttpResponse response
              && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      if (interim) {
        ctx.write(message, promise);
        return;
      }
      if (message instanceof HttpResponse response
          && answersOwed == 1
          && receivingBody
          && !discardable) {
        cutOff = true;
        HttpUtil.setKeepAlive(response, false);
      }
      if (message instanceof LastHttpContent) {
        answersOwed--;
        if (cutOff) {
          ctx.write(message, promise.unvoid()).addListener(ChannelFutureListener.CLOSE);
          return;
        }
        if (stopping) {
          ctx.write(message, promise.unvoid())
              .addListener(
                  written -> channel.eventLoop().execute(ConnectionGuard.this::closeIfIdle));
          return;
        }
      }
      ctx.write(message, promise);
    }
  }
}
