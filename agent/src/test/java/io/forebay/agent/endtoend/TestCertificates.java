package io.forebay.agent.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A certificate authority with a server's and a client's certificate for the loopback, made by
 * openssl.
 */
final class TestCertificates {

  private TestCertificates() {}

  /**
   * Writes {@code ca.pem}, {@code server.pem}, {@code server.p8}, {@code client.pem} and {@code
   * client.p8}.
   */
  static void write(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path script = directory.resolve("make.sh");
    Files.writeString(
        script,
        """
        set -e
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca
        for who in server client; do
          openssl req -newkey rsa:2048 -nodes -keyout $who.key -out $who.csr -subj /CN=$who
          printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' > $who.ext
          openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile $who.ext -out $who.pem
          openssl pkcs8 -topk8 -nocrypt -in $who.key -out $who.p8
        done
        """);
    Process process =
        new ProcessBuilder("sh", script.getFileName().toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("openssl failed: " + printed);
    }
  }
}
