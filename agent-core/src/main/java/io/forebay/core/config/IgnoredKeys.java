package io.forebay.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys of Edge Delta's pipeline files that change nothing here: accepted, so that a file need not
 * be rewritten, and listed in one warning. A key whose absence would change what is delivered is
 * not among them. Not thread safe; one for each file.
 */
public final class IgnoredKeys {

  private static final int MAX_LISTED = 50;

  /** By the key before the block in which they stand; {@code node} is a node's own block. */
  private static final Map<String, Set<String>> WITHOUT_EFFECT =
      Map.of(
          "settings",
          Set.of(
              "anomaly_coefficient",
              "anomaly_confidence_period",
              "anomaly_tolerance",
              "item_schema",
              "live_tail_settings",
              "max_incomplete_line_buffer_size",
              "metric_column_opts",
              "only_report_nonzeros",
              "parallelism_settings",
              "read_settings",
              "self_log_flush_interval",
              "skip_empty_intervals"),
          "log",
          Set.of(
              "buffer_size",
              "flush_bytesize",
              "flush_interval",
              "post_config_change_flush_interval",
              "post_config_change_flush_interval_window",
              "secure_logging"),
          "node",
          Set.of(
              "channel_size",
              "disable_intermediate_self_telemetry",
              "enable_health_check",
              "features",
              "fingerprint_size",
              "flush_byte_length",
              "flush_interval",
              "load_reporting",
              "max_byte_limit",
              "node_reference",
              "parallel_worker_count",
              "pool_size",
              "read_buffer_size",
              "seeker_strategy",
              "use_legacy_formatting",
              "use_native_compression",
              "user_description",
              "write_buffer_size"),
          "persisting_cursor_settings",
          Set.of("file_name"),
          "circuit_breaker",
          Set.of("check_interval", "global_health", "half_open_timeout"));

  /** Keys of a node that say nothing as long as they are off; when on, they would be missed. */
  private static final Set<String> WITHOUT_EFFECT_WHEN_OFF =
      Set.of(
          "add_attributes",
          "add_ingestion_time",
          "attributes_from_header",
          "auto_detect_line_pattern",
          "boost_stacktrace_detection",
          "capture_request_headers",
          "custom_tags",
          "disable_compression",
          "docker_mode",
          "rate_limit",
          "resource_fields",
          "separate_source",
          "show_originating_ip",
          "skip_ingestion_time_on_failure",
          "source_field_overrides",
          "source_metadata");

  private static final Set<String> OFF = Set.of("", "false", "no", "off", "0", "null", "~");

  private final List<String> found = new ArrayList<>();
  private @Nullable Position first;

  /**
   * Whether the key may be passed over; it is then remembered.
   *
   * @param block the key before the block in which it stands
   */
  boolean accept(String block, Yaml.Entry entry, @Nullable String node) {
    boolean accepted =
        WITHOUT_EFFECT.getOrDefault(block, Set.of()).contains(entry.key())
            || (block.equals("node")
                && WITHOUT_EFFECT_WHEN_OFF.contains(entry.key())
                && isOff(entry.value()));
    if (accepted) {
      note(block, entry, node);
    }
    return accepted;
  }

  /** Remembers a key that the caller knows to have no effect. */
  public void note(String block, Yaml.Entry entry, @Nullable String node) {
    String where = node == null ? block : block.equals("node") ? node : node + "." + block;
    found.add(where.isEmpty() ? entry.key() : where + "." + entry.key());
    if (first == null) {
      first = entry.position();
    }
  }

  private static boolean isOff(Yaml value) {
    if (value instanceof Yaml.Scalar scalar) {
      return OFF.contains(scalar.text());
    }
    if (value instanceof Yaml.Sequence sequence) {
      return sequence.items().isEmpty();
    }
    return value instanceof Yaml.Mapping mapping && mapping.entries().isEmpty();
  }

  /** Warns once of all keys that were passed over. */
  public void report(Problems problems) {
    Position position = first;
    if (position == null) {
      return;
    }
    List<String> listed = found.subList(0, Math.min(found.size(), MAX_LISTED));
    String more = found.size() > MAX_LISTED ? " and " + (found.size() - MAX_LISTED) + " more" : "";
    problems.warning(
        position,
        null,
        "keys that have no effect here are ignored: "
            + Quoted.printable(String.join(", ", listed))
            + more,
        null);
  }
}
