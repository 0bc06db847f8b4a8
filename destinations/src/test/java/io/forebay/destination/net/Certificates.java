package io.forebay.destination.net;

import io.forebay.core.config.TlsSettings;
import io.forebay.core.config.TlsSettings.ClientAuth;
import io.forebay.core.config.TlsSettings.Version;
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
 * Certificates of an authority of our own, made by the JDK's keytool once a test run: {@code ca},
 * {@code server} (localhost, 127.0.0.1), {@code stranger} (another name), {@code client}, {@code
 * other} (an authority that nobody knows).
 */
public final class Certificates {

  private static final String PASSWORD = "changeit";
  private static Certificates made;

  private final Path directory;

  private Certificates(Path directory) {
    this.directory = directory;
  }

  public static synchronized Certificates get() throws Exception {
    if (made == null) {
      Path directory = Files.createTempDirectory("certificates");
      directory.toFile().deleteOnExit();
      made = new Certificates(directory);
      made.make();
    }
    return made;
  }

  /** The PEM chain. */
  public Path certificate(String name) {
    return directory.resolve(name + ".pem");
  }

  /** The PKCS#8 PEM key. */
  public Path key(String name) {
    return directory.resolve(name + ".key");
  }

  public static TlsSettings trusting(Path ca) {
    return settings(ca, null, null, false);
  }

  public static TlsSettings settings(Path ca, Path crt, Path key, boolean ignoreCheck) {
    return settings(ca, null, crt, key, ignoreCheck);
  }

  /** Trusting the certificates of a directory. */
  public static TlsSettings trustingDirectory(Path caPath) {
    return settings(null, caPath, null, null, false);
  }

  private static TlsSettings settings(
      Path caFile, Path caPath, Path crt, Path key, boolean ignoreCheck) {
    return new TlsSettings(
        true,
        caFile,
        caPath,
        crt,
        key,
        null,
        ClientAuth.NOCLIENTCERT,
        Version.TLSV1_2,
        Version.TLSV1_3,
        ignoreCheck);
  }

  private void make() throws Exception {
    pair("ca", "CN=test ca", null, "bc:c");
    pair("other", "CN=other ca", null, "bc:c");
    pair("server", "CN=server", "ca", "SAN=dns:localhost,ip:127.0.0.1");
    pair("stranger", "CN=stranger", "ca", "SAN=dns:stranger.example");
    pair("client", "CN=client", "ca", "eku=clientAuth");
    pair("renewed", "CN=client", "ca", "eku=clientAuth");
    pair("expired", "CN=expired", "ca", "SAN=dns:localhost,ip:127.0.0.1", "-startdate", "-10d");
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve("store.p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    for (String name :
        List.of("ca", "other", "server", "stranger", "client", "renewed", "expired")) {
      write(store, name);
    }
  }

  private void pair(String name, String subject, String signer, String extension, String... more)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                subject,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-ext",
                extension,
                "-storetype",
                "PKCS12",
                "-keystore",
                directory.resolve("store.p12").toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(more));
    if (signer != null) {
      command.add("-signer");
      command.add(signer);
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(
          "keytool failed: " + Files.readString(directory.resolve("keytool.log")));
    }
  }

  private void write(KeyStore store, String name) throws IOException, GeneralSecurityException {
    StringBuilder chain = new StringBuilder();
    for (Certificate certificate : store.getCertificateChain(name)) {
      chain.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    Files.writeString(certificate(name), chain);
    byte[] key = store.getKey(name, PASSWORD.toCharArray()).getEncoded();
    Files.writeString(key(name), pem("PRIVATE KEY", key));
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
