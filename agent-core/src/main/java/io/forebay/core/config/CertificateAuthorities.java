package io.forebay.core.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The certificate authorities that a {@code tls} block names with {@code ca_file} and {@code
 * ca_path}. Every method blocks on the disk.
 */
public final class CertificateAuthorities {

  /** A file that is larger is not read. */
  public static final int MAX_FILE_BYTES = 4 << 20;

  private static final int MAX_FILES = 1000;
  private static final int MAX_ALL_BYTES = 32 << 20;
  private static final List<String> ENDINGS = List.of(".pem", ".crt", ".cer");

  private CertificateAuthorities() {}

  /**
   * The files of a directory that hold authorities by their names, in the order of those: {@code
   * *.pem}, {@code *.crt} and {@code *.cer}, in upper or lower case. Links are followed,
   * directories beneath are not looked into.
   *
   * @throws IOException when there is no such file, there are too many, or the directory cannot be
   *     read; the message goes on after the directory's name
   */
  public static List<Path> filesOf(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      throw new IOException("does not exist");
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException("is no directory");
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream =
        Files.newDirectoryStream(directory, CertificateAuthorities::isNamedAsCertificate)) {
      for (Path file : stream) {
        if (files.size() == MAX_FILES) {
          throw new IOException("holds more than " + MAX_FILES + " files of certificates");
        }
        files.add(file);
      }
    } catch (AccessDeniedException e) {
      String user = System.getProperty("user.name", "?");
      throw new IOException("cannot be read by user '" + user + "'", e);
    }
    if (files.isEmpty()) {
      throw new IOException("holds no file that ends in " + String.join(", ", ENDINGS));
    }
    Collections.sort(files);
    return files;
  }

  /**
   * The certificates of {@code ca_file} and of every file in {@code ca_path}; none when neither is
   * given.
   *
   * @throws IOException naming key and file: one file that cannot be used spoils all, since a
   *     receiver that is suddenly not trusted is harder to explain
   */
  public static X509Certificate[] read(TlsSettings tls) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    Path caFile = tls.caFile();
    long bytes = caFile == null ? 0 : add("ca_file", caFile, certificates);
    Path caPath = tls.caPath();
    if (caPath != null) {
      for (Path file : listed(caPath)) {
        bytes += add("ca_path", file, certificates);
        if (bytes > MAX_ALL_BYTES) {
          throw new IOException(
              "tls.ca_path: " + caPath + " holds more than " + MAX_ALL_BYTES + " bytes");
        }
      }
    }
    return certificates.toArray(X509Certificate[]::new);
  }

  private static List<Path> listed(Path directory) throws IOException {
    try {
      return filesOf(directory);
    } catch (IOException e) {
      throw new IOException("tls.ca_path: " + directory + " " + e.getMessage(), e);
    }
  }

  private static boolean isNamedAsCertificate(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(path);
  }

  private static int add(String key, Path file, List<X509Certificate> certificates)
      throws IOException {
    byte[] content = content(key, file);
    int before = certificates.size();
    try {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content))) {
        if (certificate instanceof X509Certificate x509) {
          certificates.add(x509);
        }
      }
    } catch (CertificateException e) {
      throw new IOException("tls." + key + ": " + file + " holds no readable certificate", e);
    }
    if (certificates.size() == before) {
      throw new IOException("tls." + key + ": " + file + " holds no certificate");
    }
    return content.length;
  }

  private static byte[] content(String key, Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_FILE_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new IOException("tls." + key + ": there is no file " + file, e);
    } catch (IOException e) {
      throw new IOException("tls." + key + ": " + file + " cannot be read: " + e, e);
    }
    if (content.length > MAX_FILE_BYTES) {
      throw new IOException(
          "tls." + key + ": " + file + " is larger than " + MAX_FILE_BYTES + " bytes");
    }
    return content;
  }
}
