package io.forebay.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLineTest {

  private final LogLine layout = new LogLine();

  @Test
  void event_isOneLine() {
    assertThat(line(Level.INFO, "ready", null))
        .isEqualTo("2025-01-02T03:28:20.123Z INFO  Delivery: ready\n");
  }

  @Test
  void controlCharacters_areEscaped() {
    assertThat(line(Level.WARN, "bad\nINFO forged \u001b[31m", null))
        .endsWith("WARN  Delivery: bad\\nINFO forged \\u001b[31m\n");
  }

  @Test
  void exception_isShownByItsCauses_withoutATrace() {
    Throwable thrown = new IllegalStateException("outer", new IOException("disk\nfull"));

    assertThat(line(Level.ERROR, "failed", thrown))
        .endsWith(
            "ERROR Delivery: failed: IllegalStateException: outer; caused by IOException: disk\\nfull\n");
  }

  private String line(Level level, String message, @Nullable Throwable thrown) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger logger = context.getLogger("io.forebay.core.delivery.Delivery");
    LoggingEvent event = new LoggingEvent("test", logger, level, message, thrown, null);
    event.setTimeStamp(1735788500123L);
    return layout.doLayout(event);
  }
}
