package io.forebay.source.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Leaks.class)
@Timeout(30)
class LingeringCloseTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CompletableFuture<Channel> accepted = new CompletableFuture<>();
  private final CompletableFuture<LingeringClose> lingering = new CompletableFuture<>();
  private final AtomicInteger ends = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Answers the first bytes and closes. */
  private Socket connect(Duration silence, Duration total, long bytes, boolean clientMayBeWriting)
      throws IOException {
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    LingeringClose linger =
                        new LingeringClose(
                            new LingeringClose.Bounds(silence, total, bytes),
                            () -> clientMayBeWriting);
                    channel.pipeline().addLast(linger, new Answer());
                    lingering.complete(linger);
                    accepted.complete(channel);
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) server.localAddress()).getPort());
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write('x');
    return socket;
  }

  private final class Answer extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
      reads.incrementAndGet();
      ctx.writeAndFlush(Unpooled.copiedBuffer("answer", StandardCharsets.US_ASCII))
          .addListener(ChannelFutureListener.CLOSE)
          // As frameworks do: once more.
          .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ends.incrementAndGet();
    }
  }

  private static void assertAnswered(Socket socket) throws IOException {
    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
        .isEqualTo("answer");
  }

  private void assertClosed() {
    assertThat(accepted.join().closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    await().untilAsserted(() -> assertThat(ends).hasValue(1));
    await().until(() -> !lingering.join().isUnderWay());
    assertThat(ends).hasValue(1);
    assertThat(reads).hasValue(1);
  }

  @Test
  void endsWhenTheClientCloses() throws Exception {
    try (Socket socket = connect(LONG, LONG, Long.MAX_VALUE, true)) {
      assertAnswered(socket);
      socket.getOutputStream().write(new byte[100_000]);
      assertThat(accepted.join().isOpen()).isTrue();
    }
    assertClosed();
  }

  @Test
  void endsWhenTheClientIsSilent() throws Exception {
    try (Socket socket = connect(Duration.ofMillis(50), LONG, Long.MAX_VALUE, true)) {
      assertAnswered(socket);
      assertClosed();
    }
  }

  @Test
  void endsInTimeHoweverOftenAByteComes() throws Exception {
    try (Socket socket = connect(LONG, Duration.ofMillis(200), Long.MAX_VALUE, true)) {
      assertAnswered(socket);
      drip(socket);
      assertClosed();
    }
  }

  @Test
  void endsAfterItsBytes() throws Exception {
    try (Socket socket = connect(LONG, LONG, 1000, true)) {
      assertAnswered(socket);
      socket.getOutputStream().write(new byte[1000]);
      assertThat(accepted.join().closeFuture().awaitUninterruptibly(50)).isFalse();
      socket.getOutputStream().write(1);
      assertClosed();
    }
  }

  @Test
  void endsWhenToldTo() throws Exception {
    try (Socket socket = connect(LONG, LONG, Long.MAX_VALUE, true)) {
      assertAnswered(socket);
      accepted.join().eventLoop().execute(lingering.join()::closeAtOnce);
      assertClosed();
    }
  }

  @Test
  void doesNotLingerWithoutAReason() throws Exception {
    try (Socket socket = connect(LONG, LONG, Long.MAX_VALUE, false)) {
      assertAnswered(socket);
      assertClosed();
    }
  }

  private void drip(Socket socket) throws InterruptedException {
    try {
      while (accepted.join().isOpen()) {
        socket.getOutputStream().write('x');
        Thread.sleep(10);
      }
    } catch (IOException reset) {
      // The server has closed the connection, as it should.
    }
  }
}
