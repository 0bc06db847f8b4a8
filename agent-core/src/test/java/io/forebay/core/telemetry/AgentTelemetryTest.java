package io.forebay.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.SendResult;
import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.DiskStatus;
import io.forebay.core.graph.NodeKind;
import io.forebay.queue.QueueStatistics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentTelemetryTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_000);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AgentTelemetry telemetry =
      new AgentTelemetry(registry, Clock.fixed(NOW, ZoneOffset.UTC));
  private final NodeTelemetry node = telemetry.node("out", "http_output", NodeKind.DESTINATION);

  private static DeliverySnapshot snapshot(@Nullable QueueStatistics queue, double drainRate) {
    return new DeliverySnapshot(
        DeliveryState.DRAINING,
        NOW,
        null,
        true,
        100,
        1000,
        60,
        600,
        5,
        3,
        2,
        20,
        4,
        new DeliverySnapshot.HeldBack(7, false),
        queue,
        null,
        drainRate,
        NOW,
        null,
        null);
  }

  private static QueueStatistics queue(long records, long diskBytes) {
    return new QueueStatistics(
        records,
        diskBytes - 100,
        diskBytes,
        10_000,
        2,
        90,
        60,
        0,
        NOW.toEpochMilli() - 7_000,
        false);
  }

  private DeliverySnapshot current = snapshot(queue(30, 4_000), 10);
  private final DeliveryTelemetry delivery = telemetry.delivery(node, () -> current);

  @BeforeEach
  void bindAll() {
    telemetry.ready(() -> true);
    assertThat(telemetry.node("mask", "generic_mask", NodeKind.PROCESSOR).trouble()).isNull();
    BudgetStatus budget = new BudgetStatus(1_000, 600, 100, 0, -1, BudgetStatus.Cause.BUDGET);
    telemetry.disk(() -> new DiskStatus(budget, List.of(), Map.of()));
    node.onDropped("filtered", 2, 20);
    node.onEvent("regex_limit", 3);
    node.onCertificate(NOW.plus(Duration.ofHours(84)));
    delivery.onRequest(SendResult.Delivered.INSTANCE, 10, 100, TimeUnit.MILLISECONDS.toNanos(20));
    delivery.onRequest(new SendResult.Retry("x"), 1, 1, 1);
    delivery.onSynced(1_000_000);
  }

  private double value(AgentMeter meter, String... tags) {
    Meter found = registry.get(meter.meterName()).tags(tags).meter();
    return found.measure().iterator().next().getValue();
  }

  @Test
  void everyMeterOfTheListIsBoundAsItSaysAndNoOther() {
    Map<String, Meter> bound = new HashMap<>();
    registry.getMeters().forEach(meter -> bound.put(meter.getId().getName(), meter));

    assertThat(bound.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(AgentMeter.values()).map(AgentMeter::meterName).toList());
    for (AgentMeter meter : AgentMeter.values()) {
      Meter.Id id = registry.get(meter.meterName()).meter().getId();
      assertThat(id.getTags().stream().map(Tag::getKey).toList())
          .as(meter.meterName())
          .containsExactlyInAnyOrderElementsOf(meter.tags());
      assertThat(id.getDescription()).isEqualTo(meter.description());
      assertThat(id.getType().name()).isEqualTo(meter.kind().name());
    }
  }

  @Test
  void theBudgetIsTold() {
    assertThat(value(AgentMeter.DISK_BUDGET)).isEqualTo(1_000);
    assertThat(value(AgentMeter.DISK_BUDGET_USED)).isEqualTo(600);
    assertThat(value(AgentMeter.DISK_BUDGET_FREE)).isEqualTo(300);
    assertThat(value(AgentMeter.DISK_BUDGET_SPENT, "limit", "max_byte_size")).isEqualTo(1);
    assertThat(value(AgentMeter.DISK_BUDGET_SPENT, "limit", "min_free_bytes")).isZero();
  }

  @Test
  void aCertificateIsToldInDaysUntilItsEnd() {
    assertThat(value(AgentMeter.CERTIFICATE_DAYS_LEFT, "node", "out")).isEqualTo(3.5);

    node.onCertificate(NOW.minus(Duration.ofDays(1)));

    assertThat(value(AgentMeter.CERTIFICATE_DAYS_LEFT, "node", "out")).isEqualTo(-1);
  }

  @Test
  void pagesOfDashboardsFindTheNamesTheyKnow() {
    String page = registry.scrape();

    assertThat(page)
        .contains("buffer_truncations_total{node=\"out\"} 0.0")
        .contains(
            "ed_buffer_disk_bytes{ed_pipeline_node_category=\"output\",ed_pipeline_node_name=\"out\",ed_pipeline_node_type=\"http_output\"} 3900.0")
        .contains("ed_pipeline_node_read_items_total{")
        .contains("ed_pipeline_node_write_bytes_total{")
        .contains("forebay_dropped_items_total{node=\"out\",reason=\"filtered\"} 2.0");
  }

  @Test
  void theLedgerOfAScrapeAddsUp() {
    double received = value(AgentMeter.RECEIVED_ITEMS, "node", "out");

    assertThat(received)
        .isEqualTo(
            value(AgentMeter.DELIVERED_ITEMS, "node", "out")
                + value(AgentMeter.DEAD_LETTERED_ITEMS, "node", "out")
                + value(AgentMeter.GIVEN_UP_ITEMS, "node", "out")
                + value(AgentMeter.BUFFERED_ITEMS, "node", "out"))
        .isEqualTo(100);
  }

  @Test
  void countsWhatTheDeliveryTellsOf() {
    delivery.onDropped("overflow_oldest", 7, 70);
    delivery.onDropped("max_age", 1, 10);
    delivery.onRetry(4);
    delivery.onTransition(DeliveryState.DIRECT, DeliveryState.SPILLING, "connect refused");

    assertThat(value(AgentMeter.BUFFER_TRUNCATIONS, "node", "out")).isEqualTo(7);
    assertThat(delivery.truncations()).isEqualTo(7);
    assertThat(value(AgentMeter.DROPPED_ITEMS, "reason", "max_age")).isEqualTo(1);
    assertThat(value(AgentMeter.DROPPED_BYTES, "reason", "overflow_oldest")).isEqualTo(70);
    assertThat(value(AgentMeter.RETRIED_ITEMS)).isEqualTo(4);
    assertThat(value(AgentMeter.TRANSITIONS, "to", "spilling")).isEqualTo(1);
    assertThat(value(AgentMeter.REQUESTS, "outcome", "delivered")).isEqualTo(1);
    assertThat(node.writeItems()).isEqualTo(10);
    assertThat(node.drops().get("max_age")).isEqualTo(new NodeTelemetry.Drops(1, 10));
  }

  @Test
  void readsLevelsFromTheSnapshot() {
    assertThat(value(AgentMeter.STATE, "state", "draining")).isEqualTo(1);
    assertThat(value(AgentMeter.STATE, "state", "direct")).isZero();
    assertThat(value(AgentMeter.CIRCUIT_OPEN)).isEqualTo(1);
    assertThat(value(AgentMeter.QUEUE_OLDEST_AGE)).isEqualTo(7);
    assertThat(value(AgentMeter.QUEUE_SECONDS_TO_DRAINED)).isEqualTo(3);
    assertThat(value(AgentMeter.IN_FLIGHT_REQUESTS)).isEqualTo(4);
  }

  @Test
  void reckonsWhenTheQueueIsFull() {
    assertThat(value(AgentMeter.QUEUE_SECONDS_TO_FULL)).isNaN();

    telemetry.sample(0);
    current = snapshot(queue(40, 6_000), 0);
    telemetry.refresh();
    telemetry.sample(Duration.ofSeconds(2).toNanos());

    assertThat(value(AgentMeter.QUEUE_SECONDS_TO_FULL)).isEqualTo(4);
    assertThat(value(AgentMeter.QUEUE_SECONDS_TO_DRAINED)).isNaN();
  }

  @Test
  void readsNothingOfAQueueThatIsNotThere() {
    current = snapshot(null, 0);
    telemetry.refresh();

    for (AgentMeter meter :
        List.of(
            AgentMeter.BUFFER_DISK_BYTES,
            AgentMeter.QUEUE_RECORDS,
            AgentMeter.QUEUE_OLDEST_AGE,
            AgentMeter.QUEUE_SECONDS_TO_DRAINED)) {
      assertThat(value(meter)).isZero();
    }
    assertThat(value(AgentMeter.QUEUE_SECONDS_TO_FULL)).isNaN();
  }

  @Test
  void tellsTheRuntimesViewOfHealthBeforeTheNodesOwn() {
    node.onUnhealthy("no permission");
    assertThat(node.trouble()).isEqualTo("no permission");
    assertThat(value(AgentMeter.NODE_HEALTHY)).isZero();
    node.seen("port in use");
    assertThat(node.trouble()).isEqualTo("port in use");
    node.seen(null);
    node.onHealthy();
    assertThat(node.trouble()).isNull();
    assertThat(value(AgentMeter.NODE_HEALTHY)).isEqualTo(1);
  }

  @Test
  void aNodeThatTheRuntimeFindsUnwell_isNotHealthy() {
    node.judgedBy(() -> false);
    assertThat(value(AgentMeter.NODE_HEALTHY)).isZero();
    assertThat(node.trouble()).isNull();
  }

  @Test
  void boundsTheNamesThatANodeMayInvent() {
    for (int i = 0; i < 1_000; i++) {
      node.onEvent("event_" + i, 1);
      node.onDropped("reason_" + i, 1, 1);
    }

    assertThat(node.events()).hasSizeLessThan(110).containsKey("other");
    assertThat(node.drops().values().stream().mapToLong(NodeTelemetry.Drops::items).sum())
        .isEqualTo(1_002);
  }

  @Test
  void takesItsMetersBackWhenClosed() {
    telemetry.close();

    assertThat(registry.getMeters()).isEmpty();
  }
}
