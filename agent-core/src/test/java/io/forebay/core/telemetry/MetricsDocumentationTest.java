package io.forebay.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/METRICS.md} holds exactly the list of {@link AgentMeter}. */
class MetricsDocumentationTest {

  private static final PrometheusNamingConvention PROMETHEUS = new PrometheusNamingConvention();

  @Test
  void theTableIsTheList() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "METRICS.md"));
    String table =
        page.lines().filter(line -> line.startsWith("| `")).collect(Collectors.joining("\n"));

    assertThat(table)
        .isEqualTo(
            Arrays.stream(AgentMeter.values())
                .map(MetricsDocumentationTest::row)
                .collect(Collectors.joining("\n")));
  }

  private static String row(AgentMeter meter) {
    String unit = meter.unit();
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(
            PROMETHEUS.name(meter.meterName(), type(meter.kind()), unit)
                + (meter.kind() == MeterKind.COUNTER ? "_total" : ""),
            meter.kind().name().toLowerCase(Locale.ROOT),
            unit == null ? "" : unit,
            meter.tags().stream().map(PROMETHEUS::tagKey).collect(Collectors.joining(", ")),
            meter.description());
  }

  private static Meter.Type type(MeterKind kind) {
    return Meter.Type.valueOf(kind.name());
  }
}
