package io.forebay.source.net;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The listening channel of a source: closed once the source has stopped, also when it is bound only
 * after that. Thread safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a close or a timer.
public final class ListeningChannel {

  private @Nullable Channel channel;
  private boolean closed;

  /** It was bound. */
  public synchronized void bound(Channel bound) {
    channel = bound;
    if (closed) {
      bound.close();
    }
  }

  /** Whether it is bound and not closed. */
  public synchronized boolean isOpen() {
    return !closed && channel != null && channel.isOpen();
  }

  /** Closes it, now or as soon as it is bound. Idempotent. */
  public synchronized void close() {
    closed = true;
    if (channel != null) {
      channel.close();
    }
  }
}
