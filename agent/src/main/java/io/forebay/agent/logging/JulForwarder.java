package io.forebay.agent.logging;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Forwards what libraries log with {@code java.util.logging}, as gRPC does, to the agent's own log,
 * so that it has the same form and the same levels. Thread safe.
 */
public final class JulForwarder extends Handler {

  private final SimpleFormatter formatter = new SimpleFormatter();

  private JulForwarder() {}

  /** Takes the place of all handlers. */
  public static void install() {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(new JulForwarder());
  }

  @Override
  public void publish(LogRecord message) {
    String name = message.getLoggerName();
    LoggingEventBuilder event =
        LoggerFactory.getLogger(name == null ? "java" : name).atLevel(level(message.getLevel()));
    event.setCause(message.getThrown()).log(formatter.formatMessage(message));
  }

  private static org.slf4j.event.Level level(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return org.slf4j.event.Level.ERROR;
    }
    if (value >= Level.WARNING.intValue()) {
      return org.slf4j.event.Level.WARN;
    }
    return value >= Level.INFO.intValue()
        ? org.slf4j.event.Level.INFO
        : org.slf4j.event.Level.DEBUG;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
