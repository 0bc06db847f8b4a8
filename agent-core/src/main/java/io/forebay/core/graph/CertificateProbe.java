package io.forebay.core.graph;

import io.forebay.core.config.CertificateAuthorities;
import io.forebay.core.config.KeyPairCheck;
import io.forebay.core.config.Position;
import io.forebay.core.config.Problems;
import io.forebay.core.config.TlsSettings;
import io.forebay.core.graph.PipelineGraph.Node;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Tries whether the files of a node's {@code tls} block are what they should be. */
final class CertificateProbe {

  private static final int MAX_BYTES = CertificateAuthorities.MAX_FILE_BYTES;

  private final Node node;
  private final Problems problems;

  private CertificateProbe(Node node, Problems problems) {
    this.node = node;
    this.problems = problems;
  }

  /** Adds what is wrong with the files to {@code problems}; nothing where the node uses no TLS. */
  static void check(Node node, Problems problems) {
    RecordValues.named(node.config(), "tls", TlsSettings.class)
        .filter(TlsSettings::enabled)
        .ifPresent(tls -> new CertificateProbe(node, problems).check(tls));
  }

  private void check(TlsSettings tls) {
    certificates("ca_file", tls.caFile());
    authorities(tls.caPath());
    X509Certificate own = certificates("crt_file", tls.crtFile());
    byte[] key = key(tls.keyFile());
    if (key != null) {
      pair(own, key, tls);
    }
  }

  /** A warning only: a pair that is just being renewed must not keep an agent from buffering. */
  private void pair(@Nullable X509Certificate own, byte[] key, TlsSettings tls) {
    if (!KeyPairCheck.opens(tls.keyPassword(), key)) {
      String what =
          tls.keyPassword() == null
              ? "is encrypted, and there is no tls.key_password"
              : "is not opened by tls.key_password";
      warning("key_file", tls.keyFile(), what, "set tls.key_password to the key's password");
    } else if (own != null && !KeyPairCheck.belong(own.getPublicKey(), key, tls.keyPassword())) {
      warning(
          "key_file",
          tls.keyFile(),
          "is not the key of tls.crt_file '" + tls.crtFile() + "'",
          "name a certificate and its own key");
    }
  }

  private void authorities(@Nullable Path directory) {
    if (directory == null) {
      return;
    }
    try {
      for (Path file : CertificateAuthorities.filesOf(directory)) {
        certificates("ca_path", file);
      }
    } catch (IOException e) {
      error(
          "ca_path",
          directory,
          String.valueOf(e.getMessage()),
          "name a directory of PEM files of certificate authorities");
    }
  }

  /** The first of them; null when there is none, and then the problem is told. */
  private @Nullable X509Certificate certificates(String key, @Nullable Path file) {
    byte[] content = read(key, file);
    if (content == null) {
      return null;
    }
    X509Certificate first = null;
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content));
      if (certificates.isEmpty()) {
        error(key, file, "holds no certificate", "name a PEM file of certificates");
      }
      for (Certificate certificate : certificates) {
        if (certificate instanceof X509Certificate x509) {
          first = first == null ? x509 : first;
          validity(key, file, x509);
        }
      }
    } catch (CertificateException e) {
      error(key, file, "holds no readable certificate", "name a PEM file of certificates");
    }
    return first;
  }

  /** A warning only: what one side calls expired is for the other side to refuse. */
  private void validity(String key, @Nullable Path file, X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      warning(key, file, certificate, "expired at " + certificate.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException e) {
      warning(
          key, file, certificate, "is not valid before " + certificate.getNotBefore().toInstant());
    }
  }

  /** The file's content; null when it holds no key, and then the problem is told. */
  private byte @Nullable [] key(@Nullable Path file) {
    byte[] content = read("key_file", file);
    if (content == null) {
      return null;
    }
    String text = new String(content, StandardCharsets.ISO_8859_1);
    if (text.contains("-----BEGIN PRIVATE KEY-----")
        || text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
      return content;
    }
    if (text.contains(" PRIVATE KEY-----")) {
      error(
          "key_file",
          file,
          "holds a key that is not PKCS#8",
          "convert it: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out " + file + ".p8");
    } else {
      error("key_file", file, "holds no private key", "name a PEM file of a PKCS#8 key");
    }
    return null;
  }

  /** The file's content; null when there is none, and then the problem is told. */
  private byte @Nullable [] read(String key, @Nullable Path file) {
    if (file == null) {
      return null;
    }
    if (!Files.exists(file)) {
      error(key, file, "does not exist", "check the path; it may be in a volume not mounted yet");
    } else if (!Files.isRegularFile(file)) {
      error(key, file, "is no file", "name the PEM file itself");
    } else {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(MAX_BYTES + 1);
        if (content.length <= MAX_BYTES) {
          return content;
        }
        error(key, file, "is larger than " + MAX_BYTES + " bytes", "name a PEM file");
      } catch (IOException e) {
        String user = System.getProperty("user.name", "?");
        error(
            key,
            file,
            "cannot be read by user '" + user + "'",
            "check its owner and mode: ls -l " + file);
      }
    }
    return null;
  }

  private void error(String key, @Nullable Path file, String what, String suggestion) {
    problems.error(at(key), node.name(), "tls." + key + " '" + file + "' " + what, suggestion);
  }

  private void warning(String key, @Nullable Path file, X509Certificate certificate, String what) {
    String subject = certificate.getSubjectX500Principal().getName();
    problems.warning(
        at(key),
        node.name(),
        "tls." + key + " '" + file + "': the certificate of '" + subject + "' " + what,
        "renew it");
  }

  private void warning(String key, @Nullable Path file, String what, String suggestion) {
    problems.warning(at(key), node.name(), "tls." + key + " '" + file + "' " + what, suggestion);
  }

  private Position at(String key) {
    return node.locate("tls", key);
  }
}
