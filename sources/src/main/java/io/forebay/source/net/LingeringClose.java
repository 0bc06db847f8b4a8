package io.forebay.source.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes in two steps a connection whose client may still be writing: first the output only, so
 * that the client sees the end of the answer, then, once the client has closed too or a bound is
 * reached, the rest. To close at once would make the kernel answer the next segment with a reset,
 * which destroys an answer that the client has not read yet (RFC 9112, section 9.6). What arrives
 * in between is thrown away.
 *
 * <p>Stands first in the pipeline, in front of TLS. For the handlers behind it the connection has
 * ended when the first step is done. Confined to the event loop of its channel, but for {@link
 * #isUnderWay}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
public final class LingeringClose extends ChannelDuplexHandler {

  /**
   * How long a client that was answered is listened to.
   *
   * @param silence without a byte
   * @param total in all
   * @param bytes in all
   */
  public record Bounds(Duration silence, Duration total, long bytes) {}

  private final Bounds bounds;
  private final BooleanSupplier clientMayBeWriting;

  private volatile boolean underWay;
  private @Nullable ChannelHandlerContext context;
  private boolean atOnce;
  private boolean inactive;
  private long sinceNanos;
  private long lastReadNanos;
  private long discardedBytes;

  /**
   * @param clientMayBeWriting asked when the connection is to be closed
   */
  public LingeringClose(Bounds bounds, BooleanSupplier clientMayBeWriting) {
    this.bounds = bounds;
    this.clientMayBeWriting = clientMayBeWriting;
  }

  /** Whether the first step is done and the second is not. From any thread. */
  public boolean isUnderWay() {
    return underWay;
  }

  /** Closes without lingering, also when that is under way. */
  public void closeAtOnce() {
    atOnce = true;
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (underWay && !atOnce) {
      ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
    } else if (!atOnce
        && ctx.channel() instanceof DuplexChannel duplex
        && duplex.isActive()
        && clientMayBeWriting.getAsBoolean()) {
      ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
      begin(ctx, duplex);
    } else {
      ctx.close(promise);
    }
  }

  private void begin(ChannelHandlerContext ctx, DuplexChannel channel) {
    underWay = true;
    sinceNanos = System.nanoTime();
    lastReadNanos = sinceNanos;
    channel
        .shutdownOutput()
        .addListener(
            shutdown -> {
              if (shutdown.isSuccess()) {
                checkLater(ctx);
                end(ctx);
                ctx.read();
              } else {
                ctx.close();
              }
            });
  }

  /** Tells the handlers behind once, so that they let go of what they hold. */
  private void end(ChannelHandlerContext ctx) {
    if (!inactive) {
      inactive = true;
      ctx.fireChannelInactive();
    }
  }

  private void checkLater(ChannelHandlerContext ctx) {
    long now = System.nanoTime();
    long leftNanos =
        Math.min(
            bounds.silence().toNanos() - (now - lastReadNanos),
            bounds.total().toNanos() - (now - sinceNanos));
    if (leftNanos <= 0) {
      ctx.close();
      return;
    }
    ctx.executor()
        .schedule(
            () -> {
              if (ctx.channel().isOpen()) {
                checkLater(ctx);
              }
            },
            leftNanos,
            TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!underWay) {
      ctx.fireChannelRead(message);
      return;
    }
    if (message instanceof ByteBuf bytes) {
      discardedBytes += bytes.readableBytes();
    }
    ReferenceCountUtil.release(message);
    lastReadNanos = System.nanoTime();
    if (discardedBytes > bounds.bytes() || lastReadNanos - sinceNanos > bounds.total().toNanos()) {
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (underWay) {
      // From here rather than by the channel's automatic reading, which handlers behind may hold.
      ctx.read();
    } else {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (underWay) {
      ReferenceCountUtil.release(message);
      promise.tryFailure(new ClosedChannelException());
    } else {
      ctx.write(message, promise);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    underWay = false;
    end(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (underWay) {
      ctx.close(); // A reset by a client that has what it wanted.
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
