package io.forebay.core.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.Processor;
import io.forebay.core.graph.NodeParser;
import io.forebay.core.item.Batch;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequenceTest {

  private final ProcessorBench bench = new ProcessorBench();

  private Processor parse(String yaml) {
    SequenceConfig config =
        NodeParser.parse(
                new SequenceFactory(),
                yaml,
                ComponentRegistry.load(),
                Map.<String, String>of()::get)
            .orThrow();
    return new SequenceFactory()
        .create(
            config,
            new ComponentContext(
                "seq", "tag", Path.of("x"), Clock.systemUTC(), new Random(1), bench));
  }

  @Test
  void appliesItsStepsInOrder() {
    Processor sequence =
        parse(
            """
            processors:
              - type: generic_mask
                capture_group_masks: [{capture_group: 'secret', mask: 'hidden'}]
              - type: regex_filter
                pattern: hidden
              - type: sequence
                processors:
                  - type: generic_mask
                    capture_group_masks: [{capture_group: '(h)idden', mask: 'H'}]
            """);

    List<Batch> out = bench.run(sequence, bench.batch("a secret", "plain", "secret"));

    assertThat(out).hasSize(1);
    assertThat(ProcessorBench.bodies(out.get(0))).containsExactly("a Hidden", "Hidden");
  }

  @Test
  void countsWhatAStepTurnsAwayAndEndsItsShare() {
    Processor sequence = parse("processors: [{type: regex_filter, pattern: keep}]");

    List<Batch> out =
        bench.run(sequence, bench.batch("keep", "drop 1"), bench.batch("drop 2", "drop 3"));

    assertThat(bench.dropped).isEqualTo(Map.of("filtered", 3L));
    assertThat(bench.outcomes).containsExactly(true);
    out.get(0).acknowledgement().complete();
    assertThat(bench.outcomes).containsExactly(true, true);
  }

  @Test
  void leavesDisabledStepsOut() {
    Processor sequence =
        parse("processors: [{type: regex_filter, pattern: nothing, disabled: true}]");
    Batch batch = bench.batch("a");

    assertThat(bench.run(sequence, batch)).containsExactly(batch);
  }
}
