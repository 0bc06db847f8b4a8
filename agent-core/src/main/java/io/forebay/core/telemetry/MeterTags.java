package io.forebay.core.telemetry;

import java.util.List;

/** Keys that several meters share. */
final class MeterTags {

  static final List<String> NODE = List.of("node");
  static final List<String> NODE_REASON = List.of("node", "reason");
  static final List<String> ED_NODE =
      List.of("ed.pipeline.node.name", "ed.pipeline.node.type", "ed.pipeline.node.category");

  private MeterTags() {}
}
