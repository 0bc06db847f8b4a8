package io.forebay.source.net;

import io.forebay.core.config.CertificateAuthorities;
import io.forebay.core.config.KeyPairCheck;
import io.forebay.core.config.Secret;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.Validated.Complaints;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The {@code tls} block as a listener uses it. */
public final class ServerTls {

  private ServerTls() {}

  /** Whether the block asks for TLS. */
  public static boolean isEnabled(@Nullable TlsSettings tls) {
    return tls != null && tls.enabled();
  }

  /** What a listener needs beyond the rules of the block itself. */
  public static void validate(@Nullable TlsSettings tls, Complaints complaints) {
    if (tls == null || !tls.enabled()) {
      return;
    }
    if (tls.crtFile() == null || tls.keyFile() == null) {
      complaints.report("tls", "a listener needs its own certificate; set crt_file and key_file");
    }
    if (verifiesClients(tls) && tls.caFile() == null && tls.caPath() == null) {
      complaints.report(
          "tls",
          "client_auth_type verifies clients' certificates; set ca_file or ca_path to the authority that signs them");
    }
  }

  /**
   * The context of a server. Reads the files: not for an event loop.
   *
   * @throws ListenException naming the file at fault
   */
  public static SslContext context(TlsSettings tls, String nodeName) {
    return context(tls, nodeName, builder -> {});
  }

  /**
   * As {@link #context(TlsSettings, String)}.
   *
   * @param protocol adds what the application's protocol needs
   */
  public static SslContext context(
      TlsSettings tls, String nodeName, Consumer<SslContextBuilder> protocol) {
    File crt = file(tls.crtFile(), "crt_file", nodeName);
    File key = file(tls.keyFile(), "key_file", nodeName);
    Secret password = tls.keyPassword();
    SslContextBuilder builder;
    try {
      String opening = password == null || !isEncrypted(key) ? null : password.reveal();
      builder = SslContextBuilder.forServer(crt, key, opening);
    } catch (IllegalArgumentException e) {
      throw new ListenException(
          nodeName
              + ": tls.crt_file "
              + crt
              + " and tls.key_file "
              + key
              + " are no PEM certificate chain and PKCS#8 private key"
              + " (or key_password is wrong): "
              + e.getMessage(),
          e);
    }
    List<X509Certificate> chain = chain(crt);
    if (!chain.isEmpty() && !isKeyOf(chain.get(0), key, password)) {
      throw new ListenException(
          nodeName + ": tls.key_file " + key + " is not the key of tls.crt_file " + crt,
          new SSLException("key_file"));
    }
    protocol.accept(builder);
    builder.protocols(protocols(tls)).clientAuth(clientAuth(tls));
    try {
      if (verifiesClients(tls)) {
        builder.trustManager(CertificateAuthorities.read(tls));
      } else if (tls.clientAuthType() != TlsSettings.ClientAuth.NOCLIENTCERT) {
        // These two types take any certificate, by their definition.
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      }
      return builder.build();
    } catch (IllegalArgumentException | IOException e) {
      throw new ListenException(nodeName + ": the tls block cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * When the first certificate of the own chain expires; null when that cannot be told. Reads the
   * file: not for an event loop.
   */
  public static @Nullable Instant endOf(TlsSettings tls) {
    Path crt = tls.crtFile();
    return crt == null
        ? null
        : chain(crt.toFile()).stream()
            .map(certificate -> certificate.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElse(null);
  }

  /** The certificates of a file as far as the JDK can read it. */
  private static List<X509Certificate> chain(File crt) {
    try (InputStream in = Files.newInputStream(crt.toPath())) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .filter(X509Certificate.class::isInstance)
          .map(X509Certificate.class::cast)
          .toList();
    } catch (IOException | CertificateException e) {
      // What is wrong with the file is told by who builds the context of it.
      return List.of();
    }
  }

  private static boolean isEncrypted(File key) {
    try {
      return KeyPairCheck.isEncrypted(Files.readAllBytes(key.toPath()));
    } catch (IOException e) {
      // Reading it for use says what is wrong.
      return true;
    }
  }

  private static boolean isKeyOf(X509Certificate certificate, File key, @Nullable Secret password) {
    try {
      return KeyPairCheck.belong(
          certificate.getPublicKey(), Files.readAllBytes(key.toPath()), password);
    } catch (IOException e) {
      // It was read a moment ago; if it is in the middle of a renewal, it is read again.
      return true;
    }
  }

  private static boolean verifiesClients(TlsSettings tls) {
    return switch (tls.clientAuthType()) {
      case VERIFYCLIENTCERTIFGIVEN, REQUIREANDVERIFYCLIENTCERT -> true;
      case NOCLIENTCERT, REQUESTCLIENTCERT, REQUIREANYCLIENTCERT -> false;
    };
  }

  private static ClientAuth clientAuth(TlsSettings tls) {
    return switch (tls.clientAuthType()) {
      case NOCLIENTCERT -> ClientAuth.NONE;
      case REQUESTCLIENTCERT, VERIFYCLIENTCERTIFGIVEN -> ClientAuth.OPTIONAL;
      case REQUIREANYCLIENTCERT, REQUIREANDVERIFYCLIENTCERT -> ClientAuth.REQUIRE;
    };
  }

  private static List<String> protocols(TlsSettings tls) {
    List<String> protocols = new ArrayList<>();
    for (TlsSettings.Version version : TlsSettings.Version.values()) {
      if (version.compareTo(tls.minVersion()) >= 0 && version.compareTo(tls.maxVersion()) <= 0) {
        protocols.add(version.protocol());
      }
    }
    return protocols;
  }

  private static File file(@Nullable Path path, String key, String nodeName) {
    if (path == null) {
      throw new ListenException(nodeName + ": tls." + key + " is missing", new SSLException(key));
    }
    if (!Files.isReadable(path)) {
      throw new ListenException(
          nodeName
              + ": tls."
              + key
              + " "
              + path
              + " cannot be read; check that it exists and may be read",
          new SSLException(key));
    }
    return path.toFile();
  }
}
