package io.forebay.source.demo;

import io.forebay.core.item.ByteSlice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Makes the bodies: ASCII lines in one of a few well-known forms, each with its number as {@code
 * SEQ=} and ten digits. The same seed and times give the same lines. Not thread safe.
 */
final class DemoLines {

  private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE"};
  private static final String[] PATHS = {"/", "/login", "/api/v1/orders", "/cart", "/health"};
  private static final int[] STATUSES = {200, 200, 200, 201, 304, 404, 500};
  private static final String[] LEVELS = {"INFO", "INFO", "INFO", "WARN", "ERROR"};
  private static final DateTimeFormatter CLF =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final DemoInputConfig.LogType type;
  private final int minBytes;
  private final Random random;
  private final StringBuilder line = new StringBuilder(256);
  private long clfSecond = Long.MIN_VALUE;
  private String clf = "";

  DemoLines(DemoInputConfig.LogType type, int minBytes, long seed) {
    this.type = type;
    this.minBytes = minBytes;
    this.random = new Random(seed);
  }

  ByteSlice line(long sequence, long nowMillis) {
    line.setLength(0);
    switch (type) {
      case PLAIN -> line.append(pick(LEVELS)).append(" request handled ");
      case APACHE_COMMON -> access(nowMillis);
      case NGINX_LOG -> {
        access(nowMillis);
        line.append("\"-\" \"Mozilla/5.0\" ");
      }
      case JSON_LOG ->
          line.append("{\"time\":\"")
              .append(Instant.ofEpochMilli(nowMillis))
              .append("\",\"level\":\"")
              .append(pick(LEVELS))
              .append("\",\"duration_ms\":")
              .append(random.nextInt(2000))
              .append(",\"message\":\"");
      case RFC5424 ->
          line.append('<')
              .append(8 + random.nextInt(8))
              .append(">1 ")
              .append(Instant.ofEpochMilli(nowMillis))
              .append(" host-")
              .append(random.nextInt(100))
              .append(" demo ")
              .append(1000 + random.nextInt(9000))
              .append(" ID")
              .append(random.nextInt(100))
              .append(" - request handled ");
    }
    sequence(sequence);
    String end = type == DemoInputConfig.LogType.JSON_LOG ? "\"}" : "";
    pad(minBytes - end.length());
    line.append(end);
    return ByteSlice.of(line.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private void access(long nowMillis) {
    long second = Math.floorDiv(nowMillis, 1000);
    if (second != clfSecond) {
      clfSecond = second;
      clf = CLF.format(Instant.ofEpochSecond(second));
    }
    line.append(1 + random.nextInt(223))
        .append('.')
        .append(random.nextInt(256))
        .append('.')
        .append(random.nextInt(256))
        .append('.')
        .append(1 + random.nextInt(254))
        .append(" - - [")
        .append(clf)
        .append("] \"")
        .append(pick(METHODS))
        .append(' ')
        .append(pick(PATHS))
        .append(" HTTP/1.1\" ")
        .append(STATUSES[random.nextInt(STATUSES.length)])
        .append(' ')
        .append(random.nextInt(50_000))
        .append(' ');
  }

  private void sequence(long sequence) {
    line.append("SEQ=");
    String digits = Long.toString(sequence);
    for (int i = digits.length(); i < 10; i++) {
      line.append('0');
    }
    line.append(digits);
  }

  private void pad(int length) {
    int missing = length - line.length();
    if (missing > 0) {
      char[] padding = new char[missing];
      Arrays.fill(padding, 'x');
      padding[0] = ' ';
      line.append(padding);
    }
  }

  private String pick(String[] of) {
    return of[random.nextInt(of.length)];
  }
}
