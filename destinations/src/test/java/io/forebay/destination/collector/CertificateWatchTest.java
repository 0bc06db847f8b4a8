package io.forebay.destination.collector;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.destination.net.Certificates;
import java.io.IOException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What is seen of files from one look to the next, in virtual time. */
class CertificateWatchTest {

  private static Certificates certificates;

  @TempDir Path files;

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final Events events = new Events();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> renewals = new ArrayList<>();
  private Instant now = Instant.now();
  private CertificateWatch watch;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.get();
  }

  @BeforeEach
  void open() throws IOException {
    put("client");
    Logger logger = (Logger) LoggerFactory.getLogger("io.forebay");
    log.start();
    logger.addAppender(log);
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now;
          }
        };
    watch =
        new CertificateWatch(
            "out",
            Certificates.settings(
                certificates.certificate("ca"),
                files.resolve("own.pem"),
                files.resolve("own.key"),
                false),
            clock,
            events,
            time,
            Duration.ofSeconds(1));
    watch.renewals().subscribe(renewals::add);
  }

  @AfterEach
  void close() {
    watch.close();
    ((Logger) LoggerFactory.getLogger("io.forebay")).detachAppender(log);
  }

  private void put(String name) throws IOException {
    putCertificate(name);
    putKey(name);
  }

  private void putCertificate(String name) throws IOException {
    replace(certificates.certificate(name), "own.pem");
  }

  private void putKey(String name) throws IOException {
    replace(certificates.key(name), "own.key");
  }

  private void replace(Path source, String name) throws IOException {
    Path draft = files.resolve(name + ".new");
    Files.copy(source, draft, StandardCopyOption.REPLACE_EXISTING);
    Files.move(draft, files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private void look() {
    time.advanceTimeBy(Duration.ofSeconds(1));
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void readsTheFilesWithoutAnAttemptAndTellsTheEndOfTheCertificate() {
    watch.start();
    look();
    look();

    assertThat(watch.latest()).isNotNull();
    assertThat(events.certificateEnd).isEqualTo(watch.latest().ownEnd());
  }

  @Test
  void takesChangedFilesOnceTheyStayTheSame() throws IOException {
    watch.start();
    look();
    look();
    CertificateWatch.Identity before = watch.latest();

    putCertificate("renewed");
    for (int i = 0; i < 5; i++) {
      look();
    }
    assertThat(watch.latest()).as("a certificate without its key").isSameAs(before);
    assertThat(warnings()).anyMatch(line -> line.contains("is not the key of crt_file"));
    putKey("renewed");
    look();
    assertThat(watch.latest()).as("not seen twice yet").isSameAs(before);
    look();

    assertThat(watch.latest()).isNotSameAs(before);
    assertThat(events.count("certificate_renewed")).isEqualTo(1);
    assertThat(renewals.subList(renewals.size() - 1, renewals.size()))
        .containsExactly("the files of the tls block have changed");
  }

  @Test
  void filesThatAreTouchedAreNotRenewed() throws IOException {
    watch.start();
    look();
    look();
    CertificateWatch.Identity before = watch.latest();
    int told = renewals.size();

    put("client");
    look();
    look();

    assertThat(watch.latest()).isSameAs(before);
    assertThat(renewals).hasSize(told);
    assertThat(events.count("certificate_renewed")).isZero();
  }

  @Test
  void filesThatCannotBeUsedAreToldOnceAndLeaveTheOldOnes() throws IOException {
    watch.start();
    look();
    look();
    CertificateWatch.Identity before = watch.latest();

    Files.delete(files.resolve("own.key"));
    for (int i = 0; i < 5; i++) {
      look();
    }

    assertThat(watch.latest()).isSameAs(before);
    assertThat(events.count("certificate_unusable")).isEqualTo(1);
    assertThat(warnings()).anyMatch(line -> line.contains("there is no file"));
  }

  @Test
  void warnsOnceADayFromTwoWeeksBefore() {
    Instant end = Instant.now().plus(Duration.ofDays(2));
    now = end.minus(Duration.ofDays(15));
    watch.start();
    look();
    look();
    assertThat(warnings()).isEmpty();

    now = end.minus(Duration.ofDays(13));
    look();
    look();
    assertThat(warnings()).hasSize(1);
    assertThat(warnings().get(0)).contains("out:", "expires in 12 d,").contains("renew it");

    now = now.plus(Duration.ofDays(1));
    look();
    look();
    assertThat(warnings()).hasSize(2);

    now = end.plus(Duration.ofHours(1));
    look();
    assertThat(warnings()).hasSize(3);
    assertThat(warnings().get(2)).contains("has expired at");
    assertThat(events.count("certificate_expires")).isEqualTo(3);
  }
}
