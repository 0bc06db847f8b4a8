package io.forebay.destination.collector;

import io.forebay.destination.Pipelines;
import java.util.ArrayList;
import java.util.List;

/** Configurations of collectors for tests, as they are read of files. */
final class Collectors {

  private Collectors() {}

  static CollectorOutputConfig at(int port, String... keys) {
    List<String> all = new ArrayList<>(List.of("agent_id: test-agent", "port: " + port));
    all.addAll(List.of(keys));
    if (all.stream().noneMatch(key -> key.startsWith("endpoint:"))) {
      all.add("endpoint: 127.0.0.1");
    }
    return Pipelines.config(
        CollectorOutputConfig.class, "collector_output", all.toArray(String[]::new));
  }
}
