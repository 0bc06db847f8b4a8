package io.forebay.source.collector;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Certificates of an authority made for one test, by the JDK's keytool. */
final class KeyPairs {

  private static final String PASSWORD = "changeit";

  private final Path directory;

  /** Makes the authority {@code name}, with its certificate in {@code name.pem}. */
  KeyPairs(Path directory, String authority) throws Exception {
    this.directory = directory;
    make(authority, authority, "CN=" + authority, "-ext", "bc:c");
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** Makes {@code name.pem} and {@code name.key}, signed by the authority. */
  void make(String authority, String name, String subject, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", name, "-dname", subject, "-keyalg", "EC"));
    command.addAll(List.of("-groupname", "secp256r1", "-validity", "2", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", file("store.p12").toString(), "-storepass", PASSWORD));
    if (!name.equals(authority)) {
      command.addAll(List.of("-signer", authority));
    }
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool failed: " + printed);
    }
    export(name);
  }

  /** Puts the pair of one name in the files of another. */
  void replace(String name, String by) throws IOException {
    for (String ending : List.of(".key", ".pem")) {
      Files.move(
          Files.copy(file(by + ending), file("new"), StandardCopyOption.REPLACE_EXISTING),
          file(name + ending),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void export(String name) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file("store.p12"))) {
      keys.load(in, PASSWORD.toCharArray());
    }
    StringBuilder chain = new StringBuilder();
    for (Certificate certificate : keys.getCertificateChain(name)) {
      chain.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    Files.writeString(file(name + ".pem"), chain);
    byte[] key = keys.getKey(name, PASSWORD.toCharArray()).getEncoded();
    Files.writeString(file(name + ".key"), pem("PRIVATE KEY", key));
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
