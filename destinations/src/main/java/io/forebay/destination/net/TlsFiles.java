package io.forebay.destination.net;

import io.forebay.core.config.CertificateAuthorities;
import io.forebay.core.config.KeyPairCheck;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The content of a {@code tls} block's files, read at one moment. */
public final class TlsFiles {

  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);
  private static final int MAX_BYTES = 4 << 20;

  private final TlsSettings settings;
  private final X509Certificate[] authorities;
  private final byte @Nullable [] chain;
  private final byte @Nullable [] key;

  private TlsFiles(
      TlsSettings settings,
      X509Certificate[] authorities,
      byte @Nullable [] chain,
      byte @Nullable [] key) {
    this.settings = settings;
    this.authorities = authorities;
    this.chain = chain;
    this.key = key;
  }

  /** Reads the files; blocks on the disk. */
  public static TlsFiles read(TlsSettings settings) throws TlsFilesException {
    return new TlsFiles(
        settings,
        authorities(settings),
        content("crt_file", settings.crtFile()),
        content("key_file", settings.keyFile()));
  }

  /** The files themselves, as far as they are there; blocks on the disk. */
  public static List<Path> paths(TlsSettings settings) {
    List<Path> paths = new ArrayList<>();
    Stream.of(settings.caFile(), settings.crtFile(), settings.keyFile())
        .forEach(
            file -> {
              if (file != null) {
                paths.add(file);
              }
            });
    Path directory = settings.caPath();
    if (directory != null) {
      paths.add(directory);
      try {
        paths.addAll(CertificateAuthorities.filesOf(directory));
      } catch (IOException e) {
        log.debug("{} cannot be listed", directory, e);
      }
    }
    return paths;
  }

  private static X509Certificate[] authorities(TlsSettings settings) throws TlsFilesException {
    try {
      return CertificateAuthorities.read(settings);
    } catch (IOException e) {
      throw new TlsFilesException(String.valueOf(e.getMessage()), e);
    }
  }

  private static byte @Nullable [] content(String key, @Nullable Path file)
      throws TlsFilesException {
    if (file == null) {
      return null;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new TlsFilesException(
            "tls." + key + ": " + file + " is larger than " + MAX_BYTES + " bytes", null);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new TlsFilesException("tls." + key + ": there is no file " + file, e);
    } catch (IOException e) {
      throw new TlsFilesException("tls." + key + ": " + file + " cannot be read: " + e, e);
    }
  }

  /** Whether the files held the same then. */
  public boolean sameAs(TlsFiles other) {
    return Arrays.equals(authorities, other.authorities)
        && Arrays.equals(chain, other.chain)
        && Arrays.equals(key, other.key);
  }

  /**
   * A client's context of these files, names verified unless the block says otherwise.
   *
   * @param applicationProtocols adds those that are negotiated
   */
  public SslContext client(UnaryOperator<SslContextBuilder> applicationProtocols)
      throws TlsFilesException {
    SslContextBuilder builder =
        SslContextBuilder.forClient().sslProvider(SslProvider.JDK).protocols(protocols());
    if (settings.ignoreCertificateCheck()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      builder.endpointIdentificationAlgorithm("");
    } else {
      builder.endpointIdentificationAlgorithm("HTTPS");
      if (authorities.length > 0) {
        builder.trustManager(authorities);
      }
    }
    try {
      if (chain != null && key != null) {
        Secret password = settings.keyPassword();
        builder.keyManager(
            new ByteArrayInputStream(chain),
            new ByteArrayInputStream(key),
            password == null || !KeyPairCheck.isEncrypted(key) ? null : password.reveal());
      }
    } catch (IllegalArgumentException e) {
      throw unusable(
          "key_file",
          settings.keyFile(),
          "and crt_file make no key: a PEM chain and a PKCS#8 PEM key are needed, with key_password where it is encrypted",
          e);
    }
    List<X509Certificate> own = ownChain();
    if (key != null
        && !own.isEmpty()
        && !KeyPairCheck.belong(own.get(0).getPublicKey(), key, settings.keyPassword())) {
      throw unusable("key_file", settings.keyFile(), "is not the key of crt_file", null);
    }
    try {
      return applicationProtocols.apply(builder).build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsFilesException("the tls block cannot be used: " + e.getMessage(), e);
    }
  }

  /** The own certificate and those above it; empty when there is none. */
  public List<X509Certificate> ownChain() throws TlsFilesException {
    if (chain == null) {
      return List.of();
    }
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(chain))) {
        if (certificate instanceof X509Certificate x509) {
          certificates.add(x509);
        }
      }
    } catch (CertificateException e) {
      throw unusable("crt_file", settings.crtFile(), "holds no PEM certificates", e);
    }
    return certificates;
  }

  /** When the first certificate of a chain to expire does so; null for an empty chain. */
  public static @Nullable Instant endOf(List<X509Certificate> chain) {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElse(null);
  }

  private String[] protocols() {
    return Arrays.stream(TlsSettings.Version.values())
        .filter(v -> v.compareTo(settings.minVersion()) >= 0)
        .filter(v -> v.compareTo(settings.maxVersion()) <= 0)
        .map(TlsSettings.Version::protocol)
        .toArray(String[]::new);
  }

  private static TlsFilesException unusable(
      String key, @Nullable Path file, String why, @Nullable Exception cause) {
    return new TlsFilesException("tls." + key + ": " + file + " " + why, cause);
  }
}
