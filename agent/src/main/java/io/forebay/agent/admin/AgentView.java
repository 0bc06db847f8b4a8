package io.forebay.agent.admin;

import io.forebay.core.runtime.HealthReport;
import io.forebay.core.runtime.PipelineStatus;
import java.util.function.Supplier;

/**
 * What the admin server may see of an agent. All of it is cheap and may be asked from any thread.
 *
 * @param version the program's version
 * @param status the pipeline's picture
 * @param health the pipeline's health
 * @param metrics every meter in Prometheus's text format
 */
public record AgentView(
    String version,
    Supplier<PipelineStatus> status,
    Supplier<HealthReport> health,
    Supplier<String> metrics) {}
