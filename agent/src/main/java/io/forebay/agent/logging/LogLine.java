package io.forebay.agent.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * An event as one line: time (UTC), level, logger's last name, message, and the chain of causes. A
 * stack trace follows on lines of its own only where debug is on for the logger. Control characters
 * are escaped, since messages quote what came from outside.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final int MAX_CAUSES = 8;

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append(' ').append(event.getLevel());
    if (event.getLevel().levelStr.length() < 5) {
      line.append(' ');
    }
    line.append(' ').append(lastName(event.getLoggerName())).append(": ");
    appendEscaped(line, event.getFormattedMessage());
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      appendCauses(line, thrown);
    }
    line.append('\n');
    if (thrown != null && LoggerFactory.getLogger(event.getLoggerName()).isDebugEnabled()) {
      line.append(ThrowableProxyUtil.asString(thrown));
    }
    return line.toString();
  }

  private static void appendCauses(StringBuilder line, IThrowableProxy thrown) {
    @Nullable IThrowableProxy cause = thrown;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      line.append(depth == 0 ? ": " : "; caused by ").append(lastName(cause.getClassName()));
      String message = cause.getMessage();
      if (message != null) {
        line.append(": ");
        appendEscaped(line, message);
      }
      cause = cause.getCause();
    }
  }

  private static void appendEscaped(StringBuilder line, @Nullable String text) {
    if (text == null) {
      return;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            line.append(String.format("\\u%04x", (int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
  }

  private static String lastName(String className) {
    return className.substring(
        Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
  }
}
