package io.forebay.source.udp;

import io.forebay.core.component.NodeListener;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDatagramChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * Counts the datagrams that the kernel dropped since the socket's receive buffer was full. Linux
 * tells them in the last column of {@code /proc/net/udp}, proc_net(5), by the inode of the socket.
 */
final class KernelDrops {

  private static final Logger log = LoggerFactory.getLogger(KernelDrops.class);

  private static final String REASON = "receive_buffer_full";
  private static final long PERIOD_SECONDS = 5;
  private static final int INODE = 9;
  private static final int DROPS = 12;

  private final NodeListener listener;
  private String inode = "";
  private long known;

  KernelDrops(NodeListener listener) {
    this.listener = listener;
  }

  /**
   * Looks every few seconds until it is disposed of; where the system tells nothing, does nothing.
   */
  Disposable watch(Channel channel) {
    if (!(channel instanceof EpollDatagramChannel epoll)) {
      return Disposables.disposed();
    }
    Path link = Path.of("/proc/self/fd", Integer.toString(epoll.fd().intValue()));
    Path table = Path.of("/proc/self/net", "udp");
    Path table6 = Path.of("/proc/self/net", "udp6");
    return Schedulers.boundedElastic()
        .schedulePeriodically(
            () -> look(link, table, table6), PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void look(Path link, Path table, Path table6) {
    try {
      if (inode.isEmpty()) { // asked once: later the descriptor may be another socket's
        String socket = Files.readSymbolicLink(link).toString(); // socket:[12345]
        inode = socket.substring(socket.indexOf('[') + 1, socket.length() - 1);
      }
      count(Math.max(drops(table, inode), drops(table6, inode)));
    } catch (IOException | RuntimeException e) {
      log.debug("the kernel's drops cannot be read", e); // the socket was closed, or no /proc
    }
  }

  /** Reports what is new of a sum. */
  void count(long sum) {
    if (sum > known) {
      listener.onDropped(REASON, sum - known, 0);
      known = sum;
    }
  }

  /** What the table tells of a socket; 0 when it is not in it. */
  static long drops(Path table, String inode) throws IOException {
    if (!Files.isReadable(table)) {
      return 0;
    }
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns.length > DROPS && columns[INODE].equals(inode)) {
        return Long.parseLong(columns[DROPS]);
      }
    }
    return 0;
  }
}
