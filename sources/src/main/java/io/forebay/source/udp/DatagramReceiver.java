package io.forebay.source.udp;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.source.line.LineFeeds;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.ByteBudget;
import io.forebay.source.net.HostResource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects datagrams in a chunk, each copied once, and offers the chunk's lines as a batch when it
 * is full or has lingered. A sender of datagrams cannot be slowed down: when too much waits for the
 * pipeline, datagrams are dropped and counted. Confined to the event loop of its channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
final class DatagramReceiver extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(DatagramReceiver.class);

  private static final int CHUNK_BYTES = 256 << 10;
  private static final int MAX_ITEMS = 8192;
  private static final long LINGER_MILLIS = 20;

  private final UdpInputConfig config;
  private final ComponentContext node;
  private final BatchIntake intake;
  private final ByteBudget pending;
  private final int maxDatagramBytes;

  private byte[] chunk = new byte[0];
  private int used;
  private List<Item> items = new ArrayList<>();
  private boolean flushScheduled;
  private @Nullable InetAddress lastClient;
  private Map<String, @Nullable Object> lastAttributes = Map.of();

  DatagramReceiver(UdpInputConfig config, ComponentContext node, BatchIntake intake) {
    this.config = config;
    this.node = node;
    this.intake = intake;
    this.pending = new ByteBudget(config.maxPendingSize().bytes());
    this.maxDatagramBytes = (int) config.maxDatagramSize().bytes();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    DatagramPacket datagram = (DatagramPacket) message;
    try {
      take(ctx, datagram);
    } finally {
      datagram.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    flush();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // An ICMP error of an earlier answer, for example: the socket goes on.
    log.debug("{}: receiving failed", node.nodeName(), cause);
    node.listener().onEvent("receive_error", 1);
  }

  private void take(ChannelHandlerContext ctx, DatagramPacket datagram) {
    ByteBuf content = datagram.content();
    int length = content.readableBytes();
    if (length > maxDatagramBytes) {
      node.listener().onEvent("datagram_cut", 1);
      length = maxDatagramBytes;
    }
    if (length == 0) {
      return;
    }
    if (!pending.hasRoom()) {
      node.listener().onDropped("receiver_full", 1, length);
      return;
    }
    if (chunk.length - used < length) {
      flush();
      chunk = new byte[Math.max(CHUNK_BYTES, length)];
      used = 0;
    }
    content.readBytes(chunk, used, length);
    split(used, used + length, attributes(datagram));
    used += length;
    if (items.size() >= MAX_ITEMS) {
      flush();
    } else if (!flushScheduled) {
      flushScheduled = true;
      ctx.executor()
          .schedule(
              () -> {
                flushScheduled = false;
                flush();
              },
              LINGER_MILLIS,
              TimeUnit.MILLISECONDS);
    }
  }

  private void split(int from, int to, Map<String, @Nullable Object> attributes) {
    long now = node.clock().millis();
    int start = from;
    while (start < to) {
      int feed = LineFeeds.indexOf(chunk, start, to);
      int end = feed < 0 ? to : feed;
      int next = end + 1;
      if (end > start && chunk[end - 1] == '\r') {
        end--;
      }
      ByteSlice line = ByteSlice.of(chunk, start, end - start);
      items.add(Item.log(now, line, HostResource.get(), attributes));
      start = next;
    }
  }

  private Map<String, @Nullable Object> attributes(DatagramPacket datagram) {
    if (!config.showOriginatingIp()) {
      return Map.of();
    }
    InetAddress client = datagram.sender().getAddress();
    if (!client.equals(lastClient)) {
      lastClient = client;
      lastAttributes = Map.of("client.address", client.getHostAddress());
    }
    return lastAttributes;
  }

  private void flush() {
    if (items.isEmpty()) {
      return;
    }
    List<Item> flushed = items;
    items = new ArrayList<>();
    Batch batch = Batch.of(flushed, Acknowledgement.ignored());
    long weight = batch.weight();
    Acknowledgement share =
        Acknowledgement.of(
            safe -> {
              if (!safe) {
                node.listener().onDropped("not_acknowledged", flushed.size(), weight);
              }
            });
    pending.take(weight);
    intake.offer(List.of(Batch.of(flushed, share)), () -> pending.release(weight));
  }
}
