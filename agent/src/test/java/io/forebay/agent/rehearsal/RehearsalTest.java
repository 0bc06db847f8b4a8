package io.forebay.agent.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.forebay.agent.rehearsal.Rehearsal.Result;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.core.graph.PipelineLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The figures of a rehearsal beside those that a pencil gives. */
class RehearsalTest {

  private static final Duration OUTAGE = Duration.ofMinutes(10);

  @TempDir private Path directory;

  private Result rehearse(Load load, String queueKeys) throws Exception {
    return rehearse(load, queueKeys, "");
  }

  private Result rehearse(Load load, String queueKeys, String settings) throws Exception {
    String queue =
        queueKeys.isEmpty()
            ? ""
            : "  persistent_queue:\n    path: "
                + directory.resolve("untouched")
                + "\n"
                + queueKeys.indent(4);
    Path file =
        Files.writeString(
            directory.resolve("pipeline.yaml"),
            """
            version: v3
            %snodes:
            - name: in
              type: demo_input
            - name: out
              type: http_output
              endpoint: http://127.0.0.1:9/
            %slinks:
            - from: in
              to: out
            """
                .formatted(settings, queue));
    PipelineGraph graph =
        PipelineLoader.load(file, ComponentRegistry.load(), name -> null).graph().orElseThrow();
    Result result =
        new Rehearsal(graph, load)
            .of(
                graph.nodes(NodeKind.DESTINATION).get(0),
                done -> assertThat(done).isBetween(0., 1.));
    assertThat(directory.resolve("untouched")).doesNotExist();
    return result;
  }

  private static Load load(double rate, int bytes, double recoverRate) {
    return new Load(rate, bytes, OUTAGE, recoverRate);
  }

  @ParameterizedTest
  @CsvSource({"error", "backpressure", "always"})
  void peakOnDiskIsRateTimesOutageTimesBytes(String mode) throws Exception {
    Result result = rehearse(load(300, 500, 0), "mode: " + mode);
    Figures figures = result.figures();
    assertThat(figures.peakDiskBytes()).isCloseTo(300L * 600 * 500, withPercentage(5));
    assertThat(figures.dropped()).isEmpty();
    assertThat(figures.delivered()).isGreaterThanOrEqualTo(300 * 600);
    assertThat(figures.waitingFrom()).isNull();
    assertThat(figures.drained()).isLessThan(Duration.ofMinutes(2));
    assertThat(result.parts()).isEqualTo(1);
    assertThat(result.advice()).isNull();
  }

  @Test
  void theDrainTakesTheBacklogOverTheRate() throws Exception {
    // 180,000 items beside new data, at 1,000 a second.
    Figures limited = rehearse(load(300, 500, 0), "drain_rate_limit: 1000").figures();
    assertThat(limited.drained())
        .isBetween(Duration.ofSeconds(180), Duration.ofSeconds(180 + 60 + 10));
    // In order, so that new data waits behind it: 180,000 over 1,000 - 300 a second.
    Figures strict =
        rehearse(load(300, 500, 1000), "mode: always\nstrict_ordering: true").figures();
    assertThat(strict.drained())
        .isBetween(Duration.ofSeconds(257), Duration.ofSeconds(257 + 90 + 30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop_newest", "drop_oldest"})
  void aQueueThatIsTooSmallDropsTheRest_andTheAdviceIsEnough(String overflow) throws Exception {
    Result result = rehearse(load(300, 500, 0), "max_byte_size: 45MB\noverflow: " + overflow);
    Figures figures = result.figures();
    assertThat(figures.peakDiskBytes()).isLessThanOrEqualTo(45_000_000);
    // A ring gives up whole segments, of an eighth of the queue.
    assertThat(figures.lost())
        .isCloseTo(90_000, withPercentage(overflow.equals("drop_newest") ? 8 : 14));
    assertThat(figures.dropped().keySet())
        .containsExactly(overflow.equals("drop_newest") ? "overflow_newest" : "overflow_oldest");
    assertThat(figures.firstDrop()).isBetween(Duration.ofSeconds(285), Duration.ofSeconds(305));
    assertThat(result.losesNothing()).isFalse();
    Advice advice = result.advice();
    assertThat(advice).isNotNull();
    assertThat(advice.maxByteSize()).isCloseTo(99_000_000, withPercentage(6));
    Result enough =
        rehearse(
            load(300, 500, 0),
            "max_byte_size: " + advice.maxByteSize() + "\noverflow: " + overflow);
    assertThat(enough.losesNothing()).isTrue();
    assertThat(enough.advice()).isNull();
  }

  private static String budget(long bytes) {
    return "settings: {disk_budget: {max_byte_size: " + bytes + "}}\n";
  }

  @ParameterizedTest
  @CsvSource({
    "drop_newest, disk_budget, 300, 500, 40000000, 113000000",
    "drop_oldest, overflow_oldest, 300, 500, 40000000, 113000000",
    "drop_newest, disk_budget, 10000, 200, 600000000, 1509000000"
  })
  void theDiskBudgetBoundsItAsInTheAgent_andTheAdviceIsEnough(
      String overflow, String reason, double rate, int bytes, long budget, long needed)
      throws Exception {
    // An eighth is set aside for the dead letters.
    long most = budget / 8 * 7;
    String keys = "max_byte_size: 500GB\noverflow: " + overflow;

    Result result = rehearse(load(rate, bytes, 0), keys, budget(budget));

    assertThat(result.parts()).isEqualTo(rate > 1000 ? 3 : 1);
    assertThat(result.budgetBytes()).isEqualTo(most);
    assertThat(result.figures().peakDiskBytes())
        .isCloseTo(most, withPercentage(3))
        .isLessThanOrEqualTo(most);
    assertThat(result.figures().dropped().keySet()).containsExactly(reason);
    Advice advice = result.advice();
    assertThat(advice).isNotNull();
    Long enough = advice.diskBudget();
    assertThat(enough).isNotNull();
    assertThat(enough).isCloseTo(needed, withPercentage(6));
    Result better = rehearse(load(rate, bytes, 0), keys, budget(enough));
    assertThat(better.losesNothing()).isTrue();
    assertThat(better.advice()).isNull();
  }

  @Test
  void aMaximumAgeThatIsTooShortIsTheCause() throws Exception {
    Result result = rehearse(load(100, 500, 0), "max_age: 5m");
    assertThat(result.figures().dropped().keySet()).containsExactly("max_age");
    assertThat(result.figures().lost()).isCloseTo(30_000, withPercentage(15));
    Advice advice = result.advice();
    assertThat(advice).isNotNull();
    assertThat(advice.maxAge()).isBetween(Duration.ofMinutes(11), Duration.ofMinutes(13));
    assertThat(
            rehearse(load(100, 500, 0), "max_age: " + advice.maxAge().toMinutes() + "m")
                .losesNothing())
        .isTrue();
  }

  @Test
  void aDrainThatIsSlowerThanWhatComesNeverEnds() throws Exception {
    Result result = rehearse(load(100, 500, 0), "mode: always\ndrain_rate_limit: 90");
    assertThat(result.figures().drained()).isNull();
    assertThat(result.advice()).isNotNull();
    assertThat(result.advice().drainRateLimit()).isEqualTo(200);
    assertThat(result.advice().drained()).isNotNull();

    Result slowReceiver = rehearse(load(100, 500, 90), "mode: always");
    assertThat(slowReceiver.figures().drained()).isNull();
    assertThat(slowReceiver.advice()).isNotNull();
    assertThat(slowReceiver.advice().drainRateLimit()).isNull();
    assertThat(slowReceiver.advice().drained()).isNull();
  }

  @Test
  void withoutAQueueSourcesWaitOnceMemoryIsFull() throws Exception {
    Result result = rehearse(load(100, 1000, 0), "");
    Figures figures = result.figures();
    assertThat(figures.lost()).isZero();
    assertThat(figures.peakDiskBytes()).isZero();
    // 80 % of 8 MiB.
    assertThat(figures.peakMemoryBytes()).isCloseTo(6_710_000, withPercentage(3));
    assertThat(figures.waitingFrom()).isBetween(Duration.ofSeconds(63), Duration.ofSeconds(71));
    // Until the receiver is asked again, which may be a minute after it came back.
    assertThat(figures.waitingAtSources()).isBetween(53_000L, 53_290 + 6_600L);
    assertThat(result.advice()).isNotNull();
    assertThat(result.advice().needsQueue()).isTrue();
    assertThat(result.advice().maxByteSize()).isCloseTo(66_000_000, withPercentage(6));
  }

  @Test
  void anOutageThatIsTooLargeForOneRunIsDivided_andComesOutTheSame() throws Exception {
    Load large = new Load(10_000, 200, OUTAGE, 0);
    Result result = rehearse(large, "max_byte_size: 800MB\ndrain_rate_limit: 40000");
    assertThat(result.parts()).isEqualTo(3);
    assertThat(result.figures().lost()).isCloseTo(2_000_000, withPercentage(8));
    assertThat(result.figures().firstDrop())
        .isBetween(Duration.ofSeconds(388), Duration.ofSeconds(412));
    assertThat(result.advice()).isNotNull();
    assertThat(result.advice().maxByteSize()).isCloseTo(1_320_000_000, withPercentage(6));
  }

  @Test
  void aDayOfManyItemsInManySmallSegmentsFitsInMemory() throws Exception {
    Load day = new Load(5_000, 1_000, Duration.ofDays(1), 0);
    Result result = rehearse(day, "max_byte_size: 1GB");
    assertThat(result.parts()).isEqualTo(216);
    assertThat(result.figures().lost()).isCloseTo(431_000_000, withPercentage(2));
    assertThat(result.advice()).isNotNull();
    assertThat(result.advice().maxByteSize()).isCloseTo(475_000_000_000L, withPercentage(6));
  }

  @Test
  void theBooksAreEven() throws Exception {
    Figures figures = rehearse(load(50, 500, 0), "max_byte_size: 5MB").figures();
    Map<String, Long> dropped = figures.dropped();
    assertThat(figures.delivered() + dropped.get("overflow_newest"))
        .isCloseTo(figures.received(), withPercentage(0.5));
  }
}
