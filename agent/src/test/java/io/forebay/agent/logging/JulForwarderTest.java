package io.forebay.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class JulForwarderTest {

  private final Logger target = (Logger) LoggerFactory.getLogger("a.library");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void install() {
    lines.start();
    target.addAppender(lines);
    target.setLevel(Level.WARN);
    JulForwarder.install();
  }

  @AfterEach
  void restore() throws IOException {
    target.detachAppender(lines);
    target.setLevel(null);
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void forwardsWithLevelTextAndCause() {
    var library = java.util.logging.Logger.getLogger("a.library");
    IllegalStateException cause = new IllegalStateException("why");

    library.log(java.util.logging.Level.WARNING, "lost {0} of {1}", new Object[] {1, 2});
    library.log(java.util.logging.Level.SEVERE, "gone", cause);
    library.info("of no interest at this level");
    library.fine("nor this");

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("lost 1 of 2", "gone");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.ERROR);
    assertThat(lines.list.get(1).getThrowableProxy().getMessage()).isEqualTo("why");
  }

  @Test
  void isTheOnlyHandler() {
    assertThat(java.util.logging.Logger.getLogger("").getHandlers())
        .hasSize(1)
        .hasOnlyElementsOfType(JulForwarder.class);
  }
}
