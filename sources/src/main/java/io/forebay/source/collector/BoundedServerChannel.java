package io.forebay.source.collector;

import io.forebay.source.net.ConnectionLimits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * A listening channel that closes connections beyond a limit before anything is set up for them.
 */
final class BoundedServerChannel extends NioServerSocketChannel {

  BoundedServerChannel(ConnectionLimits limits, Handshakes handshakes) {
    // The first handler: ahead of the one that sets accepted connections up.
    pipeline()
        .addFirst(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object accepted) {
                if (!(accepted instanceof Channel connection)) {
                  context.fireChannelRead(accepted);
                } else if (limits.tryAdmit(connection)) {
                  handshakes.begun(connection);
                  context.fireChannelRead(connection);
                } else {
                  connection.unsafe().closeForcibly();
                }
              }
            });
  }
}
