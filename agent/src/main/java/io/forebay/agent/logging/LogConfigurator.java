package io.forebay.agent.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sets up logback in code, which starts faster than reading XML. Found by logback through {@link
 * java.util.ServiceLoader}; steps back where {@code -Dlogback.configurationFile=…} is given.
 *
 * <p>Environment: {@code FOREBAY_LOG_LEVEL} ({@code trace debug info warn error}; over {@code
 * settings.log.level}) and {@code FOREBAY_LOG_FORMAT} ({@code text} or {@code json}).
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {

  private static final Set<String> LEVELS = Set.of("trace", "debug", "info", "warn", "error");

  /** Libraries that tell at info what only their authors want to know. */
  private static final Set<String> QUIET =
      Set.of("io.netty", "reactor", "io.micrometer", "io.grpc");

  /** For logback. */
  public LogConfigurator() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    setContext(context);
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Encoder<ILoggingEvent> encoder = encoder(System.getenv("FOREBAY_LOG_FORMAT"));
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName("stderr");
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    apply(context, "info");
    String level = System.getenv("FOREBAY_LOG_LEVEL");
    if (level != null && isLevel(level)) {
      apply(context, level);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Whether {@code name} is one of {@code trace debug info warn error}, in any case. */
  public static boolean isLevel(String name) {
    return LEVELS.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Sets the level of the agent's log from now on; libraries stay one step quieter. Does nothing
   * when another logging back end is at work.
   *
   * @param name as {@link #isLevel} accepts it
   */
  public static void setLevel(String name) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      apply(context, name);
    }
  }

  private static void apply(LoggerContext context, String name) {
    Level level = Level.toLevel(name.toUpperCase(Locale.ROOT), Level.INFO);
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level);
    Level quieter =
        switch (level.toInt()) {
          case Level.TRACE_INT -> Level.DEBUG;
          case Level.DEBUG_INT -> Level.INFO;
          case Level.ERROR_INT -> Level.ERROR;
          default -> Level.WARN;
        };
    QUIET.forEach(logger -> context.getLogger(logger).setLevel(quieter));
    // It warns of every connection that fails; who uses the connection reports that already.
    context.getLogger("reactor.netty").setLevel(quieter == Level.WARN ? Level.ERROR : quieter);
  }

  private static Encoder<ILoggingEvent> encoder(@Nullable String format) {
    if ("json".equalsIgnoreCase(format)) {
      JsonEncoder json = new JsonEncoder();
      json.setWithContext(false);
      json.setWithSequenceNumber(false);
      json.setWithNanoseconds(false);
      json.setWithArguments(false);
      json.setWithMessage(false);
      json.setWithFormattedMessage(true);
      return json;
    }
    LogLine layout = new LogLine();
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> text = new LayoutWrappingEncoder<>();
    text.setCharset(StandardCharsets.UTF_8);
    text.setLayout(layout);
    return text;
  }
}
