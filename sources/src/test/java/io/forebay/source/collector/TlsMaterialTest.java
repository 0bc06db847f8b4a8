package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.core.component.NodeListener;
import io.forebay.core.config.TlsSettings;
import io.forebay.source.net.ListenException;
import io.forebay.source.net.Records;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsMaterialTest {

  @TempDir static Path made;
  @TempDir Path directory;

  private final Listener listener = new Listener();
  private final MovingClock clock = new MovingClock();

  @BeforeAll
  static void makePairs() throws Exception {
    KeyPairs pairs = new KeyPairs(made, "ca");
    pairs.make("ca", "old", "CN=gateway");
    pairs.make("ca", "new", "CN=gateway");
  }

  @BeforeEach
  void putTheOldPair() throws Exception {
    put("old.pem", "server.pem");
    put("old.key", "server.key");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    put("new.key", "server.key");

    assertThatThrownBy(this::material)
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("server.key is not the key of tls.crt_file");
  }

  @Test
  void aRenewalIsUsedOnceBothFilesAreThere() throws Exception {
    TlsMaterial material = material();
    put("new.pem", "server.pem");
    material.refresh();
    put("new.key", "server.key");
    material.refresh();
    assertThat(listener.events).doesNotContain("tls_reloaded", "tls_reload_failed");

    material.refresh();
    material.refresh();

    assertThat(listener.events)
        .containsOnlyOnce("tls_reloaded")
        .doesNotContain("tls_reload_failed");
    assertThat(listener.ends).hasSize(2);
  }

  @Test
  void halfOfAPairIsReportedAndTheOldStays() throws Exception {
    TlsMaterial material = material();
    put("new.pem", "server.pem");
    material.refresh();
    material.refresh();
    material.refresh();

    assertThat(listener.events)
        .containsOnlyOnce("tls_reload_failed")
        .doesNotContain("tls_reloaded");
    assertThat(listener.ends).hasSize(1);
  }

  @Test
  void warnsOnceADayOfTheEnd() {
    TlsMaterial material = material();
    assertThat(listener.ends).singleElement().satisfies(end -> assertThat(end).isAfter(clock.now));
    material.refresh();
    assertThat(listener.events).containsOnlyOnce("certificate_expires");

    clock.now = clock.now.plus(Duration.ofDays(1));
    material.refresh();
    material.refresh();

    assertThat(listener.events).containsExactly("certificate_expires", "certificate_expires");
  }

  private TlsMaterial material() {
    TlsSettings tls =
        Records.of(
            TlsSettings.class,
            Map.of(
                "crtFile", directory.resolve("server.pem"),
                "keyFile", directory.resolve("server.key")));
    return new TlsMaterial(tls, "gate", clock, listener);
  }

  private void put(String from, String to) throws Exception {
    Path copy = Files.copy(made.resolve(from), directory.resolve(to + ".new"));
    Files.move(copy, directory.resolve(to), StandardCopyOption.REPLACE_EXISTING);
  }

  private static final class Listener implements NodeListener {

    private final List<String> events = new ArrayList<>();
    private final List<Instant> ends = new ArrayList<>();

    @Override
    public void onDropped(String reason, long items, long bytes) {
      throw new AssertionError(reason);
    }

    @Override
    public void onEvent(String event, long count) {
      events.add(event);
    }

    @Override
    public void onCertificate(Instant notAfter) {
      ends.add(notAfter);
    }
  }

  private static final class MovingClock extends Clock {

    private Instant now = Instant.now();

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
