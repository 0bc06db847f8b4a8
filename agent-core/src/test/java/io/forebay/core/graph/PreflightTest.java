package io.forebay.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.core.config.Problem;
import io.forebay.core.config.Problem.Severity;
import io.forebay.core.config.SourceText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {

  @TempDir Path directory;

  private List<Problem> check(Path queue, String size) {
    return check("persistent_queue: {path: '" + queue + "', max_byte_size: " + size + "}");
  }

  private List<Problem> check(String keys) {
    PipelineLoader.Loaded loaded =
        PipelineLoader.parse(
            new SourceText(
                "x.yaml",
                """
                version: v3
                nodes:
                - {name: in, type: test_input, port: 1, enable_persisting_cursor: true}
                - name: out
                  type: http_output
                  endpoint: http://h/
                  %s
                links: [{from: in, to: out}]
                """
                    .formatted(keys)),
            TestComponents.REGISTRY,
            Map.<String, String>of()::get);
    Preflight.check(loaded.graph().orElseThrow(), directory.resolve("data"), loaded.problems());
    // Where the temporary directory lies is none of this test's business.
    return loaded.problems().all().stream()
        .filter(problem -> !problem.message().matches(".*(lies in memory|container's own layer).*"))
        .toList();
  }

  private List<Path> everything() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void leavesNoTrace() throws IOException {
    Path queue = Files.createDirectory(directory.resolve("q"));
    Files.writeString(queue.resolve("segment"), "kept");
    List<Path> before = everything();

    assertThat(check(queue, "1MB")).isEmpty();
    assertThat(check(directory.resolve("a/b/c"), "1MB")).isEmpty();

    assertThat(everything()).isEqualTo(before);
    assertThat(queue.resolve("segment")).hasContent("kept");
  }

  @Test
  void tellsOfAFileInTheWay() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");

    assertThat(check(file, "1MB"))
        .singleElement()
        .asString()
        .startsWith(
            "x.yaml:7:28: error: node 'out': the queue's directory '" + file + "' is a file");
    assertThat(check(file.resolve("q"), "1MB"))
        .singleElement()
        .asString()
        .contains("cannot be made: '" + file + "' is a file");
    Path broken = Files.createSymbolicLink(directory.resolve("broken"), Path.of("/no/where"));
    assertThat(check(broken, "1MB"))
        .singleElement()
        .asString()
        .contains("cannot be made: there is a symbolic link that leads nowhere");
  }

  @Test
  void tellsWhoMayNotWriteAndHowToMendIt() throws IOException {
    Path parent = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeTrue(!Files.isWritable(parent), "this user may write everywhere");

    Problem problem = check(parent.resolve("q"), "1MB").get(0);

    assertThat(problem.message()).endsWith("cannot be made: permission denied");
    assertThat(problem.suggestion())
        .contains("this is user '" + System.getProperty("user.name") + "'")
        .contains("with mode r-xr-xr-x; mend: sudo install -d -m 700 -o ")
        .endsWith(parent.resolve("q").toString());
  }

  @Test
  void warnsWhenThereIsNotRoomForAllQueues() {
    assertThat(check(directory.resolve("q"), "900TB"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.severity()).isEqualTo(Severity.WARNING);
              assertThat(problem.message()).contains("may yet grow by 900000.0GB");
            });
    assertThat(
            check(
                "persistent_queue: {path: '%s', max_byte_size: 1MB}\n  dead_letters: {path: '%s', max_byte_size: 900TB}"
                    .formatted(directory.resolve("q"), directory.resolve("d"))))
        .singleElement()
        .extracting(Problem::line)
        .isEqualTo(8);
  }

  @Test
  void warnsOfADirectoryThatEveryUserMayWrite() throws IOException {
    Path queue = Files.createDirectory(directory.resolve("q"));
    Files.setPosixFilePermissions(queue, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(check(queue, "1MB"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.severity()).isEqualTo(Severity.WARNING);
              assertThat(problem.suggestion()).isEqualTo("mend: chmod 700 " + queue);
            });
  }

  @Test
  void warnsOfAQueueInMemory() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory) && Files.getFileStore(memory).type().equals("tmpfs"));
    PipelineLoader.Loaded loaded =
        PipelineLoader.parse(
            new SourceText(
                "x.yaml",
                """
                version: v3
                nodes:
                - {name: in, type: test_input, port: 1}
                - {name: out, type: http_output, endpoint: 'http://h/', persistent_queue: {path: /dev/shm/forebay-preflight-test/q, max_byte_size: 1MB}}
                links: [{from: in, to: out}]
                """),
            TestComponents.REGISTRY,
            Map.<String, String>of()::get);

    Preflight.check(loaded.graph().orElseThrow(), directory, loaded.problems());

    assertThat(loaded.problems().all())
        .singleElement()
        .asString()
        .contains("warning: node 'out'", "lies in memory (tmpfs)");
    assertThat(memory.resolve("forebay-preflight-test")).doesNotExist();
  }

  @Test
  void triesTheCursorDirectoryOfASourceThatKeepsOne() throws IOException {
    Files.writeString(directory.resolve("data"), "x");

    assertThat(check(directory.resolve("q"), "1MB"))
        .singleElement()
        .asString()
        .startsWith("x.yaml:3:67: error: node 'in': the data directory (--data-dir) '");
  }

  @Test
  void triesTheDirectoryOfADestinationThatKeepsFiles() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");

    assertThat(check("mounted_path: '" + file + "'"))
        .singleElement()
        .asString()
        .startsWith("x.yaml:7:17: error: node 'out': the directory '" + file + "' is a file");
    assertThat(check("mounted_path: '" + directory.resolve("new") + "'")).isEmpty();
  }

  @Test
  void tellsOfCertificatesAndKeysThatAreNotThere() throws IOException {
    Path rsa = Files.writeString(directory.resolve("rsa"), "-----BEGIN RSA PRIVATE KEY-----\n");

    assertThat(
            check(
                "tls: {ca_file: /no/ca.pem, crt_file: '%s', key_file: '%s'}"
                    .formatted(directory, rsa)))
        .extracting(Problem::toString)
        .satisfiesExactly(
            missing ->
                assertThat(missing)
                    .startsWith(
                        "x.yaml:7:18: error: node 'out': tls.ca_file '/no/ca.pem' does not exist"),
            noFile ->
                assertThat(noFile)
                    .contains("error: node 'out': tls.crt_file '" + directory + "' is no file"),
            notPkcs8 ->
                assertThat(notPkcs8)
                    .contains("error: node 'out': tls.key_file '" + rsa + "' holds a key that is")
                    .contains("openssl pkcs8 -topk8 -nocrypt -in " + rsa));
    assertThat(check("tls: {enabled: false, ca_file: /no/ca.pem}")).isEmpty();
  }

  @Test
  void tellsOfFilesThatHoldSomethingElse() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "hello");

    assertThat(check("tls: {crt_file: '%s', key_file: '%s'}".formatted(text, text)))
        .extracting(Problem::message)
        .satisfiesExactly(
            crt -> assertThat(crt).matches(".*tls.crt_file .* holds no (readable )?certificate"),
            key -> assertThat(key).endsWith("holds no private key"));
  }

  @Test
  void triesWhetherAKeyOpens_andBelongsToTheCertificate() throws Exception {
    Path crt = resource("own.pem");
    Path key = resource("own.p8");
    Path locked = resource("own-encrypted.p8");

    assertThat(check("tls: {crt_file: '%s', key_file: '%s'}".formatted(crt, key))).isEmpty();
    assertThat(
            check(
                "tls: {crt_file: '%s', key_file: '%s', key_password: not-needed}"
                    .formatted(crt, key)))
        .isEmpty();
    assertThat(
            check(
                "tls: {crt_file: '%s', key_file: '%s', key_password: changeit}"
                    .formatted(crt, locked)))
        .isEmpty();
    assertThat(check("tls: {crt_file: '%s', key_file: '%s'}".formatted(crt, locked)))
        .singleElement()
        .asString()
        .contains("warning", "is encrypted, and there is no tls.key_password");
    assertThat(
            check(
                "tls: {crt_file: '%s', key_file: '%s', key_password: wrong}"
                    .formatted(crt, locked)))
        .singleElement()
        .asString()
        .contains("warning", "is not opened by tls.key_password")
        .doesNotContain("wrong");
    assertThat(check("tls: {crt_file: '%s', key_file: '%s'}".formatted(crt, resource("other.p8"))))
        .singleElement()
        .asString()
        .contains("warning", "is not the key of tls.crt_file '" + crt + "'");
  }

  private static Path resource(String name) throws java.net.URISyntaxException {
    return Path.of(
        java.util.Objects.requireNonNull(PreflightTest.class.getResource("/tls/" + name)).toURI());
  }

  @Test
  void triesEveryFileInADirectoryOfAuthorities() throws IOException {
    Path authorities = Files.createDirectory(directory.resolve("ca.d"));
    String keys = "tls: {ca_path: '" + authorities + "'}";

    assertThat(check("tls: {ca_path: /no/ca.d}"))
        .singleElement()
        .asString()
        .startsWith("x.yaml:7:18: error: node 'out': tls.ca_path '/no/ca.d' does not exist");
    Files.writeString(authorities.resolve("README"), "no certificate, and not looked at");
    assertThat(check(keys))
        .singleElement()
        .asString()
        .contains("tls.ca_path '" + authorities + "' holds no file that ends in .pem, .crt, .cer");

    Path text = Files.writeString(authorities.resolve("a.CRT"), "hello");
    try (InputStream pem = PreflightTest.class.getResourceAsStream("expired.pem")) {
      Files.copy(Objects.requireNonNull(pem), authorities.resolve("b.pem"));
    }
    assertThat(check(keys))
        .extracting(Problem::message)
        .satisfiesExactly(
            bad -> assertThat(bad).contains("tls.ca_path '" + text + "' holds no"),
            old -> assertThat(old).contains("b.pem': the certificate of 'CN=expired' expired"));
  }

  @Test
  void warnsOfAnExpiredCertificate() throws IOException {
    Path expired = directory.resolve("expired.pem");
    try (InputStream pem = PreflightTest.class.getResourceAsStream("expired.pem")) {
      Files.copy(Objects.requireNonNull(pem), expired);
    }

    assertThat(check("tls: {ca_file: '" + expired + "'}"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.severity()).isEqualTo(Severity.WARNING);
              assertThat(problem.message())
                  .endsWith("': the certificate of 'CN=expired' expired at 2021-01-02T00:00:00Z");
            });
  }
}
