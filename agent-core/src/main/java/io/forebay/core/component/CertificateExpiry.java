package io.forebay.core.component;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the certificate that a node shows to others, of which it warns once a day from two
 * weeks before. For one thread at a time.
 */
public final class CertificateExpiry {

  private static final Logger log = LoggerFactory.getLogger(CertificateExpiry.class);
  private static final Duration WARN_FROM = Duration.ofDays(14);
  private static final Duration WARN_EVERY = Duration.ofDays(1);

  private final String nodeName;
  private final @Nullable Path file;
  private final Clock clock;
  private final NodeListener listener;
  private @Nullable Instant end;
  private @Nullable Instant warnedAt;

  /**
   * @param file where the certificate stands, for the warning; null when the node has none
   * @param listener hears of the end, and of each warning as {@code certificate_expires}
   */
  public CertificateExpiry(
      String nodeName, @Nullable Path file, Clock clock, NodeListener listener) {
    this.nodeName = nodeName;
    this.file = file;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Another certificate is in use.
   *
   * @param notAfter when the first certificate of its chain expires; null when there is none
   */
  public void inUse(@Nullable Instant notAfter) {
    end = notAfter;
    warnedAt = null;
    if (notAfter != null) {
      listener.onCertificate(notAfter);
    }
    warn();
  }

  /** Warns if it is time to. To be called now and then. */
  public void warn() {
    Instant known = end;
    Instant now = clock.instant();
    if (known == null || known.minus(WARN_FROM).isAfter(now)) {
      return;
    }
    Instant last = warnedAt;
    if (last != null && last.plus(WARN_EVERY).isAfter(now)) {
      return;
    }
    warnedAt = now;
    listener.onEvent("certificate_expires", 1);
    if (known.isAfter(now)) {
      log.warn(
          "{}: the certificate {} expires in {} d, at {}; renew it",
          nodeName,
          file,
          Duration.between(now, known).toDays(),
          known);
    } else {
      log.warn("{}: the certificate {} has expired at {}; renew it", nodeName, file, known);
    }
  }
}
