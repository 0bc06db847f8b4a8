package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.Attributes;
import io.grpc.Grpc;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class IdentityRefusalsTest {

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(IdentityRefusals.class);
  private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Clock clock = Clock.fixed(START, ZoneOffset.UTC);
  private final IdentityRefusals refusals =
      new IdentityRefusals(
          "in",
          new Clock() {
            @Override
            public ZoneOffset getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return clock.instant();
            }
          });

  @BeforeEach
  void listen() {
    lines.start();
    LOGGER.setAdditive(false);
    LOGGER.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    LOGGER.detachAppender(lines);
    LOGGER.setAdditive(true);
  }

  private void refuse(String host, int port, String agent) {
    Attributes connection =
        Attributes.newBuilder()
            .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, new InetSocketAddress(host, port))
            .build();
    refusals.refused(connection, agent, Faults.forbidden("not the agent " + agent));
  }

  private List<String> messages() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void eachHostAndAgent_isToldOnceAnInterval_withWhatWasNotTold() {
    for (int port = 1; port <= 10; port++) {
      refuse("127.0.0.1", port, "a");
    }
    refuse("127.0.0.2", 1, "a");
    refuse("127.0.0.1", 1, "b");
    assertThat(messages())
        .containsExactly(
            "in: refused 127.0.0.1: not the agent a",
            "in: refused 127.0.0.2: not the agent a (and 9 refusals before that were not logged)",
            "in: refused 127.0.0.1: not the agent b");

    clock = Clock.fixed(START.plus(Duration.ofMinutes(10)), ZoneOffset.UTC);
    refuse("127.0.0.1", 11, "a");
    assertThat(messages()).hasSize(4);
  }

  @Test
  void manyPeers_doNotFloodTheLog() {
    for (int i = 0; i < 10_000; i++) {
      refuse("127.0.0.1", 1, "agent-" + i);
    }
    assertThat(messages()).hasSize(100);
  }
}
