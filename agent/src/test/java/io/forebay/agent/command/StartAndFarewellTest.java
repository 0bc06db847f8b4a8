package io.forebay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.delivery.DeliveryState;
import io.forebay.core.disk.DiskStatus;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.runtime.HealthReport;
import io.forebay.core.runtime.HealthReport.Reason;
import io.forebay.core.runtime.PipelineStatus;
import io.forebay.core.runtime.PipelineStatus.DeliveryStatus;
import io.forebay.core.runtime.PipelineStatus.NodeStatus;
import io.forebay.core.telemetry.NodeTelemetry.Drops;
import io.forebay.queue.QueueStatistics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The lines of the log that begin and end a run. */
class StartAndFarewellTest {

  private static final PipelineStatus STATUS =
      new PipelineStatus(
          PipelineStatus.State.RUNNING,
          Instant.EPOCH,
          List.of(
              node("web", NodeKind.SOURCE, Map.of(), null),
              node("files", NodeKind.SOURCE, Map.of(), null),
              node("out", NodeKind.DESTINATION, Map.of(), null)),
          List.of(),
          DiskStatus.NONE);

  private static NodeStatus node(
      String name, NodeKind kind, Map<String, Drops> drops, @Nullable DeliveryStatus delivery) {
    return new NodeStatus(
        name, "test", kind, null, null, 0, 0, 0, 0, 0, 0, drops, Map.of(), delivery);
  }

  private static DeliveryStatus delivery(
      long delivered, long deadLettered, long dropped, long memory, long queued) {
    QueueStatistics queue =
        queued == 0 ? null : new QueueStatistics(queued, 0, 0, 0, 1, 0, 0, 0, 0, false);
    return new DeliveryStatus(
        new DeliverySnapshot(
            DeliveryState.DIRECT,
            Instant.EPOCH,
            null,
            false,
            delivered + deadLettered + dropped + memory + queued,
            0,
            delivered,
            0,
            deadLettered,
            dropped,
            memory,
            0,
            0,
            DeliverySnapshot.HeldBack.NOTHING,
            queue,
            null,
            0,
            null,
            null,
            null),
        0,
        Double.NaN,
        0);
  }

  private static FarewellLine farewell(Map<String, Drops> drops, DeliveryStatus delivery) {
    return FarewellLine.of(node("out", NodeKind.DESTINATION, drops, delivery)).orElseThrow();
  }

  @Test
  void start_isReadyOnlyWhenEverySourceIsUp() {
    assertThat(StartLine.of(STATUS, new HealthReport(true, true, List.of()), 812, "off"))
        .isEqualTo(
            new StartLine(
                Level.INFO,
                "ready after 812 ms: sources: 2, processors: 0, destinations: 1; admin off"));
  }

  @Test
  void start_saysWhichSourcesAreUpAndWhichAreTriedAgain() {
    HealthReport portTaken =
        new HealthReport(
            true, false, List.of(new Reason("web", "unhealthy", "web cannot listen on :80")));
    assertThat(StartLine.of(STATUS, portTaken, 812, "off"))
        .isEqualTo(
            new StartLine(
                Level.WARN,
                "started after 812 ms, but not all sources are up: web is tried again (web cannot"
                    + " listen on :80); up: files, processors: 0, destinations: 1; admin off"));
    HealthReport slow =
        new HealthReport(true, false, List.of(new Reason("files", "starting", "not yet")));
    assertThat(StartLine.of(STATUS, slow, 3000, "off").text())
        .contains("files is still starting (not yet); up: web,");
  }

  @Test
  void farewell_isCalmWhenNothingIsLost() {
    assertThat(farewell(Map.of(), delivery(7, 0, 0, 0, 3)))
        .isEqualTo(
            new FarewellLine(
                Level.INFO,
                "out: received 10, delivered 7, dead letters 0, dropped 0, left in the queue 3"));
    assertThat(FarewellLine.of(node("web", NodeKind.SOURCE, Map.of(), null))).isEmpty();
  }

  @Test
  void farewell_warnsOfWhatWasDroppedSetAsideOrLeftInMemory() {
    assertThat(farewell(Map.of("stopped", new Drops(2, 20)), delivery(7, 0, 2, 0, 0)))
        .isEqualTo(
            new FarewellLine(
                Level.WARN,
                "out: received 9, delivered 7, dead letters 0, dropped 2 (stopped 2), left in the"
                    + " queue 0"));
    assertThat(farewell(Map.of(), delivery(7, 1, 0, 0, 0)).level()).isEqualTo(Level.WARN);
    assertThat(farewell(Map.of(), delivery(7, 0, 0, 5, 0)))
        .isEqualTo(
            new FarewellLine(
                Level.WARN,
                "out: received 12, delivered 7, dead letters 0, dropped 0, left in the queue 0,"
                    + " lost with the memory 5"));
  }
}
