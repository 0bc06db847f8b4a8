package io.forebay.core.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.graph.NodeParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorConfigTest {

  @Test
  void regexFilterHasDefaults() {
    RegexFilterConfig config = NodeParser.parse(new RegexFilterFactory(), "pattern: a+").orThrow();

    assertThat(config.pattern().pattern()).isEqualTo("a+");
    assertThat(config.negate()).isFalse();
    assertThat(config.patternFieldPath()).isEqualTo("item.body");
  }

  @Test
  void regexFilterReadsEveryKey() {
    RegexFilterConfig config =
        NodeParser.parse(
                new RegexFilterFactory(),
                """
                pattern: a
                negate: true
                pattern_field_path: item.attributes["x"]
                """)
            .orThrow();

    assertThat(config.negate()).isTrue();
    assertThat(config.patternFieldPath()).isEqualTo("item.attributes[\"x\"]");
  }

  @Test
  void regexFilterRefusesWhatIsNoFieldOfText() {
    assertThat(problems("pattern: a\npattern_field_path: item.attributes")).contains("whole map");
    assertThat(problems("pattern: a\npattern_field_path: item.bodi")).contains("no field path");
    assertThat(problems("pattern: '('")).contains("pattern");
    assertThat(problems("negate: true")).contains("pattern");
  }

  private static String problems(String yaml) {
    return NodeParser.parse(new RegexFilterFactory(), yaml).problems().render();
  }

  @Test
  void genericMaskHasDefaults() {
    GenericMaskConfig config =
        NodeParser.parse(new GenericMaskFactory(), "capture_group_masks: [{capture_group: a}]")
            .orThrow();

    assertThat(config.captureGroupMasks())
        .singleElement()
        .matches(mask -> mask.enabled() && mask.mask().equals("REDACTED") && mask.name() == null);
    assertThat(config.includedFieldPaths()).isEmpty();
    assertThat(config.excludedFieldPaths()).isEmpty();
  }

  @Test
  void genericMaskReadsEveryKey() {
    GenericMaskConfig config =
        NodeParser.parse(
                new GenericMaskFactory(),
                """
                capture_group_masks:
                - {name: n, enabled: false, capture_group: a, mask: ''}
                included_field_paths: [item.body]
                excluded_field_paths: [item.attributes.x, item.resource]
                """)
            .orThrow();

    assertThat(config.captureGroupMasks())
        .singleElement()
        .matches(mask -> !mask.enabled() && mask.mask().isEmpty() && "n".equals(mask.name()));
    assertThat(config.includedFieldPaths()).isEqualTo(List.of("item.body"));
    assertThat(config.excludedFieldPaths())
        .isEqualTo(List.of("item.attributes.x", "item.resource"));
  }

  @Test
  void genericMaskRefusesBadPaths() {
    String problems =
        NodeParser.parse(
                new GenericMaskFactory(),
                "capture_group_masks: [{capture_group: a}]\nincluded_field_paths: [item.x]")
            .problems()
            .render();

    assertThat(problems).contains("'item.x' is no field path");
  }
}
