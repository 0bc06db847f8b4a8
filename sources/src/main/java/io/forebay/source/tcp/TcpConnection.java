package io.forebay.source.tcp;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.source.line.ChunkPool;
import io.forebay.source.line.LineSplitter;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;
import io.forebay.source.net.HostResource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one connection: a chunk at a time, each copied once from the socket's buffer, its lines
 * slices of that copy. The next chunk is read when the last one was taken by the subscriber and its
 * bytes, with those not acknowledged yet, are within the bounds; until then the socket is left
 * alone, and TCP slows the client down.
 *
 * <p>Confined to the event loop of its channel, but for the counter of bytes under way.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
final class TcpConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);
  private static final String NOT_ACKNOWLEDGED = "not_acknowledged";

  private final TcpInputConfig config;
  private final ComponentContext node;
  private final BatchIntake intake;
  private final ByteBudget budget;
  private final Set<TcpConnection> live;
  private final ChunkPool chunks;
  private final LineSplitter splitter;
  private final Consumer<ByteSlice> addLine;
  private final AtomicLong unacknowledgedBytes = new AtomicLong();
  // What was read before its turn: a TLS record can bring several buffers, and a closing peer's
  // last bytes come unasked.
  private final Queue<ByteBuf> unread = new ArrayDeque<>();

  private Map<String, @Nullable Object> attributes = Map.of();
  private List<Item> lines = new ArrayList<>();
  private long now;
  private volatile @Nullable ChannelHandlerContext added;
  private boolean proceeding;
  private boolean offered;
  private boolean waitingForRoom;
  private boolean readIssued;
  private boolean ended;
  private boolean finished;
  private long lastReadNanos;
  private long cutLines;
  private long skippedBytes;

  TcpConnection(
      TcpInputConfig config,
      ComponentContext node,
      BatchIntake intake,
      ByteBudget budget,
      ChunkPool chunks,
      Set<TcpConnection> live) {
    this.config = config;
    this.node = node;
    this.intake = intake;
    this.live = live;
    this.budget = budget;
    this.chunks = chunks;
    this.splitter = new LineSplitter((int) config.maxLineSize().bytes());
    this.addLine = line -> lines.add(Item.log(now, line, HostResource.get(), attributes));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    added = ctx;
    live.add(this);
    if (config.showOriginatingIp()
        && ctx.channel().remoteAddress() instanceof InetSocketAddress client) {
      attributes = Map.of("client.address", client.getAddress().getHostAddress());
    }
    Duration timeout = config.readTimeout();
    if (timeout != null) {
      scheduleIdleCheck(ctx, timeout.toNanos(), timeout.toNanos());
    }
    proceed(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    unread.add((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readIssued = false;
    proceed(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    proceed(ctx);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("{}: connection of {} failed", node.nodeName(), ctx.channel(), cause);
    ctx.close();
  }

  /** Closes the connection and gives up what was read and not offered. From any thread. */
  void stop() {
    ChannelHandlerContext ctx = added;
    if (ctx == null) {
      return;
    }
    ctx.executor()
        .execute(
            () -> {
              finished = true;
              live.remove(this);
              long bytes = splitter.pendingBytes();
              for (ByteBuf buffer = unread.poll(); buffer != null; buffer = unread.poll()) {
                bytes += buffer.readableBytes();
                buffer.release();
              }
              if (bytes > 0) {
                node.listener().onDropped(NOT_ACKNOWLEDGED, 0, bytes);
              }
              ctx.close();
            });
  }

  /** Does what is next, as far as demand and bounds allow; called again when they change. */
  private void proceed(ChannelHandlerContext ctx) {
    if (proceeding) {
      return;
    }
    proceeding = true;
    while (!offered && !finished && hasRoom(ctx)) {
      ByteBuf buffer = unread.poll();
      if (buffer != null) {
        take(ctx, buffer);
      } else if (ended) {
        finish(ctx);
      } else {
        if (!readIssued) {
          readIssued = true;
          lastReadNanos = System.nanoTime();
          ctx.read();
        }
        break;
      }
    }
    proceeding = false;
  }

  private boolean hasRoom(ChannelHandlerContext ctx) {
    if (unacknowledgedBytes.get() >= config.maxPendingSizePerConnection().bytes()) {
      return false;
    }
    if (budget.hasRoom()) {
      return true;
    }
    if (!waitingForRoom) {
      waitingForRoom = true;
      budget.whenRoom(
          () ->
              ctx.executor()
                  .execute(
                      () -> {
                        waitingForRoom = false;
                        proceed(ctx);
                      }));
    }
    return false;
  }

  private void take(ChannelHandlerContext ctx, ByteBuf buffer) {
    int length = buffer.readableBytes();
    byte[] chunk = chunks.take(length);
    try {
      buffer.readBytes(chunk, 0, length);
    } finally {
      buffer.release();
    }
    now = node.clock().millis();
    splitter.split(chunk, 0, length, addLine);
    if (lines.isEmpty()) {
      chunks.give(chunk);
    }
    offer(ctx, () -> chunks.give(chunk));
  }

  private void finish(ChannelHandlerContext ctx) {
    finished = true;
    live.remove(this);
    now = node.clock().millis();
    splitter.finish(addLine);
    offer(ctx, () -> {});
  }

  private void offer(ChannelHandlerContext ctx, Runnable recycle) {
    reportCuts();
    if (lines.isEmpty()) {
      return;
    }
    List<Item> items = lines;
    lines = new ArrayList<>(items.size() + items.size() / 8);
    long weight = Batch.of(items, Acknowledgement.ignored()).weight();
    Acknowledgement share =
        Acknowledgement.recycling(safe -> acknowledged(ctx, safe, items.size(), weight), recycle);
    unacknowledgedBytes.addAndGet(weight);
    budget.take(weight);
    offered = true;
    intake.offer(List.of(Batch.of(items, share)), () -> taken(ctx));
  }

  private void reportCuts() {
    long lineCount = splitter.cutLines() - cutLines;
    if (lineCount > 0) {
      cutLines += lineCount;
      node.listener().onEvent("line_cut", lineCount);
    }
    long byteCount = splitter.skippedBytes() - skippedBytes;
    if (byteCount > 0) {
      skippedBytes += byteCount;
      node.listener().onDropped("line_cut", 0, byteCount);
    }
  }

  private void scheduleIdleCheck(ChannelHandlerContext ctx, long timeoutNanos, long delayNanos) {
    ctx.executor().schedule(() -> checkIdle(ctx, timeoutNanos), delayNanos, TimeUnit.NANOSECONDS);
  }

  private void checkIdle(ChannelHandlerContext ctx, long timeoutNanos) {
    if (ended || finished) {
      return;
    }
    // While it is not being read, the client may well have sent something.
    long idleNanos = readIssued ? System.nanoTime() - lastReadNanos : 0;
    if (idleNanos >= timeoutNanos) {
      node.listener().onEvent("read_timeout", 1);
      ctx.close();
    } else {
      scheduleIdleCheck(ctx, timeoutNanos, timeoutNanos - idleNanos);
    }
  }

  private void taken(ChannelHandlerContext ctx) {
    if (ctx.executor().inEventLoop()) {
      offered = false;
      proceed(ctx); // Within offer this is for the loop that called it to do, and returns at once.
    } else {
      ctx.executor().execute(() -> taken(ctx));
    }
  }

  private void acknowledged(ChannelHandlerContext ctx, boolean safe, int items, long bytes) {
    if (!safe) {
      // TCP cannot be asked to send again, so this is a loss, and nobody else sees it.
      node.listener().onDropped(NOT_ACKNOWLEDGED, items, bytes);
    }
    long max = config.maxPendingSizePerConnection().bytes();
    long left = unacknowledgedBytes.addAndGet(-bytes);
    budget.release(bytes);
    if (left < max && left + bytes >= max) {
      ctx.executor().execute(() -> proceed(ctx));
    }
  }
}
