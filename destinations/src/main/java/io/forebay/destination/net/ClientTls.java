package io.forebay.destination.net;

import io.forebay.core.config.CertificateAuthorities;
import io.forebay.core.config.TlsSettings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The client's side of a {@code tls} block. Certificates are verified, names included, unless the
 * block says otherwise. Files are read again when they have changed, so that a renewed certificate
 * needs no restart. Thread safe.
 */
public final class ClientTls {

  /** Default of a destination that uses TLS without a {@code tls} block. */
  public static final TlsSettings DEFAULTS =
      new TlsSettings(
          true,
          null,
          null,
          null,
          null,
          null,
          TlsSettings.ClientAuth.NOCLIENTCERT,
          TlsSettings.Version.TLSV1_2,
          TlsSettings.Version.TLSV1_3,
          false);

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);

  private final TlsSettings settings;
  private final boolean http2;
  private final Clock clock;
  private volatile @Nullable Loaded loaded;

  /**
   * @param http2 whether to negotiate HTTP/2 (ALPN {@code h2}) and nothing else
   */
  public ClientTls(TlsSettings settings, boolean http2, Clock clock) {
    this.settings = settings;
    this.http2 = http2;
    this.clock = clock;
  }

  /**
   * The context to connect with: the same object for as long as the files stay the same. Reads
   * files off the subscribing thread, at most every few seconds. Fails with {@link
   * TlsFilesException}.
   */
  public Mono<SslContext> context() {
    return Mono.defer(
        () -> {
          Loaded current = loaded;
          if (current != null && clock.millis() < current.checkAgainMillis) {
            return Mono.just(current.context);
          }
          return Mono.fromCallable(this::refresh).subscribeOn(Schedulers.boundedElastic());
        });
  }

  private synchronized SslContext refresh() throws TlsFilesException {
    Map<Path, FileTime> stamps = stamps();
    Loaded current = loaded;
    SslContext context =
        current != null && current.stamps.equals(stamps) ? current.context : load();
    loaded = new Loaded(context, stamps, clock.millis() + CHECK_INTERVAL.toMillis());
    return context;
  }

  private Map<Path, FileTime> stamps() throws TlsFilesException {
    Map<Path, FileTime> stamps = new LinkedHashMap<>();
    readable("ca_file", settings.caFile(), stamps);
    Path directory = settings.caPath();
    if (directory != null) {
      try {
        for (Path file : CertificateAuthorities.filesOf(directory)) {
          readable("ca_path", file, stamps);
        }
      } catch (IOException e) {
        throw new TlsFilesException("tls.ca_path: " + directory + " " + e.getMessage(), e);
      }
    }
    readable("crt_file", settings.crtFile(), stamps);
    readable("key_file", settings.keyFile(), stamps);
    return stamps;
  }

  private static void readable(String key, @Nullable Path file, Map<Path, FileTime> stamps)
      throws TlsFilesException {
    if (file == null) {
      return;
    }
    try {
      stamps.put(file, Files.getLastModifiedTime(file));
      Files.newInputStream(file).close();
    } catch (NoSuchFileException e) {
      throw new TlsFilesException("tls." + key + ": there is no file " + file, e);
    } catch (IOException e) {
      throw new TlsFilesException("tls." + key + ": " + file + " cannot be read: " + e, e);
    }
  }

  private SslContext load() throws TlsFilesException {
    return TlsFiles.read(settings).client(http2 ? ClientTls::http2 : builder -> builder);
  }

  private static SslContextBuilder http2(SslContextBuilder builder) {
    return builder.applicationProtocolConfig(
        new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            "h2"));
  }

  private record Loaded(SslContext context, Map<Path, FileTime> stamps, long checkAgainMillis) {}
}
