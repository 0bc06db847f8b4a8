package io.forebay.destination.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.NumberedDestination;
import io.forebay.core.component.SendResult;
import io.forebay.core.component.SendResult.Delivered;
import io.forebay.core.component.SendResult.Paused;
import io.forebay.destination.Items;
import io.forebay.destination.net.Certificates;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates that are as they should be, those that are not, and those that are renewed. */
class CollectorTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static Certificates certificates;

  @TempDir Path files;

  private final TestCollector collector = new TestCollector();
  private final Events events = new Events();
  private final Numbers numbers = new Numbers();
  private NumberedDestination destination;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.get();
  }

  @BeforeEach
  void own() throws IOException {
    put("client");
  }

  @AfterEach
  void stop() throws Exception {
    if (destination != null) {
      destination.close().block(PATIENCE);
    }
    collector.stop();
  }

  private void put(String name) throws IOException {
    replace(certificates.certificate(name), "own.pem");
    replace(certificates.key(name), "own.key");
  }

  private void replace(Path source, String name) throws IOException {
    Path draft = files.resolve(name + ".new");
    Files.copy(source, draft, StandardCopyOption.REPLACE_EXISTING);
    Files.move(draft, files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private void serve(String name, ClientAuth auth, String... protocols) throws Exception {
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                certificates.certificate(name).toFile(), certificates.key(name).toFile())
            .trustManager(certificates.certificate("ca").toFile())
            .clientAuth(auth);
    if (protocols.length > 0) {
      builder.protocols(protocols);
    }
    SslContext context = GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    collector.secured(context).start();
  }

  private void open(String... keys) {
    List<String> all = new ArrayList<>(List.of(keys));
    if (all.stream().noneMatch(key -> key.startsWith("tls:"))) {
      all.add(tls("ca", true, ""));
    }
    if (all.stream().noneMatch(key -> key.startsWith("endpoint:"))) {
      all.add("endpoint: localhost");
    }
    destination =
        (NumberedDestination)
            new CollectorDestinationFactory()
                .create(
                    Collectors.at(collector.port(), all.toArray(String[]::new)),
                    new ComponentContext(
                        "out", "tag", files, Clock.systemUTC(), new Random(), events));
    destination.start().block(PATIENCE);
  }

  private String tls(String ca, boolean own, String more) {
    String pair =
        own
            ? ", crt_file: " + files.resolve("own.pem") + ", key_file: " + files.resolve("own.key")
            : "";
    return "tls: {ca_file: " + certificates.certificate(ca) + pair + more + "}";
  }

  private SendResult send() {
    return numbers.send(destination, Items.batch(Items.many(10))).block(PATIENCE);
  }

  private String paused() {
    SendResult result = send();
    assertThat(result).isInstanceOf(Paused.class);
    assertThat(events.count("auth_failed")).isEqualTo(1);
    assertThat(events.count("connect_failed")).isZero();
    assertThat(collector.events).isEmpty();
    String why = ((Paused) result).why();
    assertThat(why).contains("localhost:" + collector.port()).doesNotContain("Exception");
    return why;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void deliversWithCertificatesOfBothSides(String version) throws Exception {
    serve("server", ClientAuth.REQUIRE, version);
    open();

    assertThat(send()).isInstanceOf(Delivered.class);
    assertThat(send()).isInstanceOf(Delivered.class);
    assertThat(collector.connections).hasValue(1);
    assertThat(events.certificateEnd).isNotNull();
  }

  @Test
  void deliversWithTheCollectorsCertificateAlone() throws Exception {
    serve("server", ClientAuth.NONE);
    open(tls("ca", false, ""));

    assertThat(send()).isInstanceOf(Delivered.class);
    assertThat(events.certificateEnd).isNull();
  }

  @Test
  void deliversWithAnEncryptedKey() throws Exception {
    serve("server", ClientAuth.REQUIRE);
    encryptKey("s3cret");
    open(tls("ca", true, ", key_password: s3cret"));

    assertThat(send()).isInstanceOf(Delivered.class);
  }

  private void encryptKey(String password) throws Exception {
    String pem = Files.readString(certificates.key("client"));
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    String algorithm = "PBEWithHmacSHA256AndAES_256";
    SecretKey key =
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec(password.toCharArray()));
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] sealed = cipher.doFinal(der);
    // PBES2 (RFC 8018), which the JDK reads and does not write.
    byte[] pbes2 = {6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 5, 13};
    byte[] info = der(0x30, der(0x30, pbes2, cipher.getParameters().getEncoded()), der(4, sealed));
    Files.writeString(
        files.resolve("own.key"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(info)
            + "\n-----END ENCRYPTED PRIVATE KEY-----\n");
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.size() > 127) {
      out.write(0x82);
      out.write(content.size() >> 8);
    }
    out.write(content.size());
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void pausesAtAnExpiredCertificateOfTheCollector(String version) throws Exception {
    serve("expired", ClientAuth.NONE, version);
    open();

    assertThat(paused()).contains("its certificate has expired", "NotAfter");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void pausesAtAnAuthorityItDoesNotKnow(String version) throws Exception {
    serve("server", ClientAuth.NONE, version);
    open(tls("other", true, ""));

    assertThat(paused()).contains("none of the authorities of tls.ca_file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void pausesAtAnotherName(String version) throws Exception {
    serve("stranger", ClientAuth.NONE, version);
    open();

    assertThat(paused()).contains("for another name", "localhost", "server_name");
  }

  @Test
  void takesAnotherNameThatItIsToldOf() throws Exception {
    serve("stranger", ClientAuth.NONE);
    open("server_name: stranger.example");

    assertThat(send()).isInstanceOf(Delivered.class);
  }

  @Test
  void takesAnyCertificateWhenTheCheckIsOff() throws Exception {
    serve("stranger", ClientAuth.NONE);
    open("tls: {ignore_certificate_check: true}");

    assertThat(send()).isInstanceOf(Delivered.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void pausesWhenTheCollectorWantsACertificate(String version) throws Exception {
    serve("server", ClientAuth.REQUIRE, version);
    open(tls("ca", false, ""));

    assertThat(paused()).contains("it wants a client certificate", "tls.crt_file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void pausesWhenTheOwnCertificateHasExpired(String version) throws Exception {
    put("expired");
    serve("server", ClientAuth.REQUIRE, version);
    open();

    assertThat(paused()).contains("refuses our certificate, which expired at 20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void pausesWhenTheOwnAuthorityIsUnknown(String version) throws Exception {
    put("other");
    serve("server", ClientAuth.REQUIRE, version);
    open();

    assertThat(paused()).contains("our certificate");
  }

  /** The alert comes after the handshake seems done, and may be overtaken by the end. */
  @Test
  void aRefusalIsToldFromABrokenConnectionEachTime() throws Exception {
    put("other");
    serve("server", ClientAuth.REQUIRE, "TLSv1.3");
    open();

    for (int i = 0; i < 30; i++) {
      assertThat(send()).isInstanceOf(Paused.class);
    }
  }

  @Test
  void pausesWhenNoVersionIsCommon() throws Exception {
    serve("server", ClientAuth.NONE, "TLSv1.2");
    open(tls("ca", true, ", min_version: TLSv1_3"));

    assertThat(paused()).contains("no version of TLS");
  }

  @Test
  void pausesWhenTheCollectorSpeaksPlainText() throws Exception {
    collector.start();
    open();

    assertThat(paused()).contains("does not speak TLS");
  }

  @Test
  void pausesWhenAFileCannotBeUsed() throws Exception {
    Files.writeString(files.resolve("own.key"), "no key");
    serve("server", ClientAuth.REQUIRE);
    open();

    SendResult result = send();
    assertThat(result).isInstanceOf(Paused.class);
    assertThat(((Paused) result).why()).contains("tls.key_file", "own.key");
  }

  @Test
  void anUnreachableCollectorIsNoMatterOfCertificates() throws Exception {
    serve("server", ClientAuth.REQUIRE);
    open();
    collector.stop();

    assertThat(send()).isInstanceOf(SendResult.Retry.class);
    assertThat(events.count("connect_failed")).isEqualTo(1);
    assertThat(events.count("auth_failed")).isZero();
  }

  @Test
  void wakesDeliveryWhenThePairWasRenewed() throws Exception {
    put("expired");
    serve("server", ClientAuth.REQUIRE);
    open();
    List<String> wakeUps = new CopyOnWriteArrayList<>();
    destination.wakeUps().subscribe(wakeUps::add);
    assertThat(send()).isInstanceOf(Paused.class);

    long began = System.nanoTime();
    put("client");
    Awaitility.await().atMost(PATIENCE).until(() -> !wakeUps.isEmpty());

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(send()).isInstanceOf(Delivered.class);
    assertThat(events.count("certificate_renewed")).isEqualTo(1);
  }

  @Test
  void movesOverBetweenTwoWindowsWithoutLosingOne() throws Exception {
    serve("server", ClientAuth.REQUIRE);
    open();
    assertThat(send()).isInstanceOf(Delivered.class);
    collector.script.add(call -> {});
    CompletableFuture<SendResult> underWay =
        numbers.send(destination, Items.batch(Items.many(10))).toFuture();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> collector.calls.size() == 2 && collector.calls.get(1).halfClosed);

    put("renewed");
    Awaitility.await().atMost(PATIENCE).until(() -> events.count("certificate_renewed") == 1);
    CompletableFuture<SendResult> next =
        numbers.send(destination, Items.batch(Items.many(10))).toFuture();
    Thread.sleep(200);
    assertThat(underWay).isNotDone();
    assertThat(next).isNotDone();
    assertThat(collector.connections).hasValue(1);
    collector.calls.get(1).accept();

    assertThat(underWay.get(20, TimeUnit.SECONDS)).isInstanceOf(Delivered.class);
    assertThat(next.get(20, TimeUnit.SECONDS)).isInstanceOf(Delivered.class);
    assertThat(collector.connections).hasValue(2);
    assertThat(collector.numbers()).hasSize(30).isSorted();
  }

  @Test
  void filesThatCannotBeUsedLeaveTheOldOnesInUse() throws Exception {
    serve("server", ClientAuth.REQUIRE);
    open();
    assertThat(send()).isInstanceOf(Delivered.class);

    Files.writeString(files.resolve("own.pem"), "half a certifi");
    Awaitility.await().atMost(PATIENCE).until(() -> events.count("certificate_unusable") == 1);

    assertThat(send()).isInstanceOf(Delivered.class);
    assertThat(collector.connections).hasValue(1);
  }
}
