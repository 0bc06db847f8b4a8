package io.forebay.source.udp;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.item.Batch;
import io.forebay.source.net.BatchIntake;
import io.forebay.source.net.Listening;
import io.forebay.source.net.ListeningChannel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.udp.UdpServer;

/** Listens while it is subscribed; datagrams are read by a {@link DatagramReceiver}. */
final class UdpSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(UdpSource.class);

  private final UdpInputConfig config;
  private final ComponentContext context;
  private final Consumer<InetSocketAddress> onBound;
  private volatile @Nullable Listener latest;

  UdpSource(UdpInputConfig config, ComponentContext context, Consumer<InetSocketAddress> onBound) {
    this.config = config;
    this.context = context;
    this.onBound = onBound;
  }

  @Override
  public Flux<Batch> batches() {
    return Flux.usingWhen(
        Mono.fromSupplier(() -> latest = new Listener()),
        listener -> listen(listener).thenMany(listener.intake.batches()),
        Listener::stop);
  }

  @Override
  public boolean isUp() {
    Listener listener = latest;
    return listener != null && listener.channel.isOpen();
  }

  private Mono<Void> listen(Listener listener) {
    return Listening.orExplain(
        Mono.defer(() -> bind(listener)),
        context.nodeName(),
        Listening.address(config.listen(), config.port()));
  }

  private Mono<Void> bind(Listener listener) {
    // One byte more than a datagram may have, so that a longer one is noticed.
    int readBytes = (int) config.maxDatagramSize().bytes() + 1;
    KernelDrops drops = new KernelDrops(context.listener());
    return UdpServer.create()
        .host(config.listen())
        .port(config.port())
        .option(ChannelOption.SO_RCVBUF, (int) config.receiveBufferSize().bytes())
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(readBytes))
        .handle(
            (inbound, outbound) -> {
              inbound.withConnection(
                  connection ->
                      connection.addHandlerLast(
                          new DatagramReceiver(config, context, listener.intake)));
              return outbound.neverComplete();
            })
        .bind()
        .doOnNext(
            connection -> {
              listener.channel.bound(connection.channel());
              InetSocketAddress at = (InetSocketAddress) connection.channel().localAddress();
              log.info(
                  "{}: listening for UDP on {}",
                  context.nodeName(),
                  NetUtil.toSocketAddressString(at));
              checkReceiveBuffer(connection);
              connection.onDispose(drops.watch(connection.channel()));
              onBound.accept(at);
            })
        .then();
  }

  private void checkReceiveBuffer(Connection connection) {
    long asked = config.receiveBufferSize().bytes();
    Integer given = connection.channel().config().getOption(ChannelOption.SO_RCVBUF);
    // Linux doubles what it grants, for its own bookkeeping: socket(7).
    if (given != null && given < asked) {
      log.warn(
          "{}: the kernel gives a receive buffer of {} bytes, not the {} of receive_buffer_size, so"
              + " bursts may be lost; raise net.core.rmem_max",
          context.nodeName(),
          given,
          asked);
    }
  }

  private static final class Listener {
    private final BatchIntake intake = new BatchIntake();
    private final ListeningChannel channel = new ListeningChannel();

    Mono<Void> stop() {
      return Mono.fromRunnable(
          () -> {
            channel.close();
            intake.close();
          });
    }
  }
}
