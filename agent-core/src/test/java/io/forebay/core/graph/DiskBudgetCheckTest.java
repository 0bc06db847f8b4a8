package io.forebay.core.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.AgentSettings.DiskBudgetSettings;
import io.forebay.core.config.DataSize;
import io.forebay.core.config.Problem;
import io.forebay.core.config.SourceText;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiskBudgetCheckTest {

  private static PipelineLoader.Loaded load(String budget) {
    return PipelineLoader.parse(
        new SourceText(
            "x.yaml",
            """
            version: v3
            settings:
              disk_budget: %s
            nodes:
            - {name: in, type: test_input, port: 1}
            - name: out
              type: http_output
              endpoint: http://h/
              persistent_queue: {path: /tmp/q, max_byte_size: 5GB}
            - name: other
              type: http_output
              endpoint: http://h/
              persistent_queue: {path: /tmp/r, max_byte_size: 2GB}
            links: [{from: in, to: out}, {from: in, to: other}]
            """
                .formatted(budget)),
        TestComponents.REGISTRY,
        Map.<String, String>of()::get);
  }

  @Test
  void aBudgetIsRead() {
    PipelineLoader.Loaded loaded = load("{max_byte_size: 20GB, min_free_bytes: 1GB}");

    assertThat(loaded.problems().all()).isEmpty();
    assertThat(loaded.graph().orElseThrow().settings().diskBudget())
        .isEqualTo(new DiskBudgetSettings(DataSize.parse("20GB"), DataSize.parse("1GB")));
  }

  @Test
  void moreQueueThanBudgetIsWorthANote_andNoError() {
    PipelineLoader.Loaded loaded = load("{max_byte_size: 6GB}");

    assertThat(loaded.graph()).isPresent();
    assertThat(loaded.problems().all())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.severity()).isEqualTo(Problem.Severity.NOTE);
              assertThat(problem.toString())
                  .startsWith("x.yaml:3:32: note: the queues may want 7.0GB together");
            });
  }

  @Test
  void aBudgetTooSmallToBeSharedIsAnError() {
    PipelineLoader.Loaded loaded = load("{max_byte_size: 1MB}");

    assertThat(loaded.problems().errors())
        .singleElement()
        .asString()
        .contains("is too small for 4 queues and dead letters", "make it at least 1MiB");
    assertThat(load("{max_byte_size: 1MiB}").problems().hasErrors()).isFalse();
  }

  @Test
  void aBudgetThatBoundsNothingIsAnError() {
    assertThat(load("{}").problems().errors())
        .singleElement()
        .asString()
        .contains("'disk_budget' bounds nothing");
    assertThat(load("{min_free_bytes: 1GB}").problems().all()).isEmpty();
  }
}
