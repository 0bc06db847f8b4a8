package io.forebay.agent.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate authority with a server's and a client's certificate for the loopback, made by the
 * JDK's keytool.
 */
final class TestCertificates {

  private static final String PASSWORD = "changeit";

  private TestCertificates() {}

  /**
   * Writes {@code ca.pem}, {@code server.pem}, {@code server.p8}, {@code client.pem} and {@code
   * client.p8}.
   */
  static void write(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Files.createDirectories(directory);
    Path store = directory.resolve("store.p12");
    pair(store, "ca", "-ext", "bc:c");
    pair(store, "server", "-ext", "SAN=dns:localhost,ip:127.0.0.1", "-signer", "ca");
    pair(store, "client", "-ext", "eku=clientAuth", "-signer", "ca");
    writePem(directory, List.of("ca", "server", "client"));
  }

  /** Adds {@code expired.pem} and {@code expired.p8}, of a client, beside what was written. */
  static void writeExpired(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = directory.resolve("store.p12");
    pair(store, "expired", "-ext", "eku=clientAuth", "-signer", "ca", "-startdate", "-3d");
    writePem(directory, List.of("expired"));
  }

  private static void writePem(Path directory, List<String> names)
      throws IOException, GeneralSecurityException {
    Path store = directory.resolve("store.p12");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    for (String name : names) {
      StringBuilder chain = new StringBuilder();
      for (Certificate certificate : keys.getCertificateChain(name)) {
        chain.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
      Files.writeString(directory.resolve(name + ".pem"), chain);
      byte[] key = keys.getKey(name, PASSWORD.toCharArray()).getEncoded();
      Files.writeString(directory.resolve(name + ".p8"), pem("PRIVATE KEY", key));
    }
  }

  private static void pair(Path store, String name, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC"));
    command.addAll(List.of("-groupname", "secp256r1", "-validity", "2", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool failed: " + printed);
    }
  }

  private static String pem(String what, byte[] der) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + what
        + "-----\n"
        + lines.encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
