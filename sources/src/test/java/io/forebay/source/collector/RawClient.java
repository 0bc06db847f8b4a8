package io.forebay.source.collector;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Speaks HTTP/2 by hand, so that it can misbehave. */
final class RawClient implements AutoCloseable {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int FRAME_BYTES = 16 << 10;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final DefaultHttp2HeadersEncoder headers = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

  RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0], 0, 0);
  }

  void openStream(int id) throws Exception {
    Http2Headers request =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("http")
            .path("/forebay.collector.v1.Collector/StreamEvents")
            .authority("localhost")
            .add("te", "trailers")
            .add("content-type", "application/grpc");
    ByteBuf block = Unpooled.buffer();
    headers.encodeHeaders(id, request, block);
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    frame(HEADERS, 4, id, bytes, 0, bytes.length);
  }

  void message(int id, byte[] message) throws IOException {
    data(
        id,
        ByteBuffer.allocate(5 + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array());
  }

  /** Announces a message and sends only its first bytes. */
  void halfMessage(int id, int announced, int sent) throws IOException {
    data(id, ByteBuffer.allocate(5 + sent).put((byte) 0).putInt(announced).array());
  }

  private void data(int id, byte[] bytes) throws IOException {
    for (int from = 0; from < bytes.length; from += FRAME_BYTES) {
      frame(DATA, 0, id, bytes, from, Math.min(FRAME_BYTES, bytes.length - from));
    }
  }

  /** The name of the status with which the stream ended. */
  String trailersOf(int id) throws Exception {
    while (true) {
      int head = in.readInt();
      int length = head >>> 8;
      int type = head & 0xff;
      in.readByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      if (type == HEADERS && stream == id) {
        Http2Headers end = decoder.decodeHeaders(id, Unpooled.wrappedBuffer(payload));
        CharSequence status = end.get("grpc-status");
        if (status != null) {
          return io.grpc.Status.fromCodeValue(Integer.parseInt(status.toString())).getCode().name();
        }
      }
    }
  }

  private void frame(int type, int flags, int stream, byte[] payload, int from, int length)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(9);
    head.putInt(length << 8 | type).put((byte) flags).putInt(stream);
    out.write(head.array());
    out.write(payload, from, length);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
