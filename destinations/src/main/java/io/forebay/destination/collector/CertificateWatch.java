package io.forebay.destination.collector;

import io.forebay.core.component.CertificateExpiry;
import io.forebay.core.component.NodeListener;
import io.forebay.core.config.TlsSettings;
import io.forebay.destination.net.TlsFiles;
import io.forebay.destination.net.TlsFilesException;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The files of a {@code tls} block, read again when they have changed, and the end of the own
 * certificate, of which it warns once a day from two weeks before. Thread safe; reads on the
 * scheduler it is given.
 *
 * <p>Changed files are used once they have stayed the same from one look to the next: a renewal
 * replaces a certificate and its key one after the other.
 */
final class CertificateWatch {

  private static final Logger log = LoggerFactory.getLogger(CertificateWatch.class);

  private final String node;
  private final TlsSettings settings;
  private final NodeListener listener;
  private final CertificateExpiry expiry;
  private final Scheduler scheduler;
  private final Duration interval;
  private final Sinks.Many<String> renewals = Sinks.many().multicast().directBestEffort();

  private volatile @Nullable Identity latest;
  private @Nullable Disposable task;
  private List<Stamp> loadedStamps = List.of();
  private List<Stamp> seenStamps = List.of();
  private boolean closed;

  /**
   * What a connection is made with.
   *
   * @param ownEnd when the own certificate expires; null when there is none
   */
  record Identity(SslContext context, TlsFiles files, @Nullable Instant ownEnd) {}

  /** What changes when a file does. */
  private record Stamp(Path file, long bytes, long modifiedMillis, @Nullable Object key) {}

  /**
   * @param scheduler for reading files and for the timer; may block
   * @param interval between two looks at the files
   */
  CertificateWatch(
      String node,
      TlsSettings settings,
      Clock clock,
      NodeListener listener,
      Scheduler scheduler,
      Duration interval) {
    this.node = node;
    this.settings = settings;
    this.listener = listener;
    this.expiry = new CertificateExpiry(node, settings.crtFile(), clock, listener);
    this.scheduler = scheduler;
    this.interval = interval;
  }

  /**
   * What to connect with. Reads the files, off the subscriber's thread, unless they were read
   * before. Fails with {@link TlsFilesException}.
   */
  Mono<Identity> identity() {
    return Mono.defer(
        () -> {
          Identity known = latest;
          return known != null
              ? Mono.just(known)
              : Mono.fromCallable(this::first).subscribeOn(scheduler);
        });
  }

  /** What a connection would be made with now; null when that is not known yet. */
  @Nullable Identity latest() {
    return latest;
  }

  /** Emits, on the scheduler, each time that changed files were taken into use. */
  Flux<String> renewals() {
    return renewals.asFlux();
  }

  /** Begins to look at the files from time to time. Idempotent. */
  synchronized void start() {
    if (task == null && !closed) {
      long nanos = interval.toNanos();
      task = scheduler.schedulePeriodically(this::look, 0, nanos, TimeUnit.NANOSECONDS);
    }
  }

  synchronized void close() {
    closed = true;
    Disposable running = task;
    if (running != null) {
      running.dispose();
    }
    renewals.tryEmitComplete();
  }

  private synchronized Identity first() throws TlsFilesException {
    Identity known = latest;
    return known != null ? known : load(stamps());
  }

  private synchronized void look() {
    if (closed) {
      return;
    }
    List<Stamp> now = stamps();
    boolean settled = now.equals(seenStamps);
    seenStamps = now;
    if (settled && !now.equals(loadedStamps)) {
      reload(now);
    }
    expiry.warn();
  }

  private void reload(List<Stamp> now) {
    Identity before = latest;
    try {
      Identity after = load(now);
      if (before == null || !before.files.sameAs(after.files)) {
        log.info("{}: the files of the tls block were read{}", node, before == null ? "" : " anew");
        if (before != null) {
          listener.onEvent("certificate_renewed", 1);
        }
        renewals.tryEmitNext("the files of the tls block have changed");
      }
    } catch (TlsFilesException e) {
      loadedStamps = now;
      listener.onEvent("certificate_unusable", 1);
      log.warn(
          "{}: {}{}",
          node,
          e.getMessage(),
          before == null ? "" : "; what was read before stays in use");
    }
  }

  private Identity load(List<Stamp> stamps) throws TlsFilesException {
    TlsFiles files = TlsFiles.read(settings);
    Identity before = latest;
    loadedStamps = stamps;
    if (before != null && before.files.sameAs(files)) {
      return before;
    }
    SslContext context =
        files.client(builder -> GrpcSslContexts.configure(builder, SslProvider.JDK));
    Instant end = TlsFiles.endOf(files.ownChain());
    Identity after = new Identity(context, files, end);
    latest = after;
    expiry.inUse(end);
    return after;
  }

  private List<Stamp> stamps() {
    return TlsFiles.paths(settings).stream().map(CertificateWatch::stamp).toList();
  }

  private static Stamp stamp(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(file, found.size(), found.lastModifiedTime().toMillis(), found.fileKey());
    } catch (IOException e) {
      return new Stamp(file, -1, 0, null);
    }
  }
}
