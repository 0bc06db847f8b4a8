package io.forebay.source.collector;

import io.forebay.core.component.CertificateExpiry;
import io.forebay.core.component.NodeListener;
import io.forebay.core.config.CertificateAuthorities;
import io.forebay.core.config.TlsSettings;
import io.forebay.source.net.ListenException;
import io.forebay.source.net.ServerTls;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener's certificate, key and authorities, read again when their files change. Blocks: not
 * for an event loop. For one thread at a time.
 */
final class TlsMaterial {

  private static final Logger log = LoggerFactory.getLogger(TlsMaterial.class);

  private final TlsSettings tls;
  private final String nodeName;
  private final NodeListener listener;
  private final CertificateExpiry expiry;
  private final ReloadingSslContext context;
  private List<String> seen;
  private List<String> used;

  /**
   * @throws ListenException naming the file at fault
   */
  TlsMaterial(TlsSettings tls, String nodeName, Clock clock, NodeListener listener) {
    this.tls = tls;
    this.nodeName = nodeName;
    this.listener = listener;
    this.expiry = new CertificateExpiry(nodeName, tls.crtFile(), clock, listener);
    this.seen = state();
    this.used = seen;
    this.context = new ReloadingSslContext(read());
    expiry.inUse(ServerTls.endOf(tls));
  }

  SslContext context() {
    return context;
  }

  /**
   * Reads the files if they changed, and have stayed the same since the last call: a renewal
   * replaces a certificate and its key one after the other. What cannot be used is reported, and
   * the old stays.
   */
  void refresh() {
    List<String> now = state();
    boolean settled = now.equals(seen);
    seen = now;
    if (settled && !now.equals(used)) {
      used = now;
      reload();
    }
    expiry.warn();
  }

  private void reload() {
    try {
      context.replace(read());
      expiry.inUse(ServerTls.endOf(tls));
      listener.onEvent("tls_reloaded", 1);
      log.info("{}: read the changed TLS files; new connections use them", nodeName);
    } catch (ListenException e) {
      listener.onEvent("tls_reload_failed", 1);
      log.warn("{}; the files read before stay in use", e.getMessage());
    }
  }

  private SslContext read() {
    return ServerTls.context(tls, nodeName, GrpcSslContexts::configure);
  }

  private List<String> state() {
    List<String> states = new ArrayList<>();
    Stream.of(tls.crtFile(), tls.keyFile(), tls.caFile()).forEach(file -> states.add(state(file)));
    Path directory = tls.caPath();
    if (directory != null) {
      try {
        CertificateAuthorities.filesOf(directory)
            .forEach(file -> states.add(file + " " + state(file)));
      } catch (IOException e) {
        states.add("unreadable");
      }
    }
    return states;
  }

  private static String state(@Nullable Path file) {
    if (file == null) {
      return "";
    }
    try {
      // The key tells a link that points elsewhere, as those of mounted secrets do.
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.lastModifiedTime() + " " + found.size() + " " + found.fileKey();
    } catch (IOException e) {
      return "unreadable";
    }
  }
}
