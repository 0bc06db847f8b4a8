package io.forebay.agent.admin;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.runtime.HealthReport;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The pages of an agent. */
final class AdminPages {

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private AdminPages() {}

  static List<AdminPage> of(AgentView agent, Clock clock) {
    List<AdminPage> pages = new ArrayList<>();
    pages.add(
        new AdminPage(
            "/health/live",
            "200 while the process does its work, else 503",
            () -> health(agent.health().get(), false)));
    pages.add(
        new AdminPage(
            "/health/ready",
            "200 while every node works as it should, else 503 with the reasons",
            () -> health(agent.health().get(), true)));
    pages.add(
        new AdminPage(
            "/metrics",
            "every meter, for Prometheus",
            () -> new AdminResponse(200, PROMETHEUS, ByteSlice.utf8(agent.metrics().get()))));
    pages.add(
        new AdminPage(
            "/api/status",
            "nodes, links, states, rates and queues, as JSON",
            () ->
                AdminResponse.json(
                    200,
                    StatusJson.status(
                        agent.version(),
                        agent.status().get(),
                        agent.health().get(),
                        clock.instant()))));
    String index = index(agent.version(), pages);
    pages.add(new AdminPage("/", "this page", () -> AdminResponse.text(200, index)));
    return List.copyOf(pages);
  }

  private static AdminResponse health(HealthReport health, boolean ready) {
    boolean good = ready ? health.ready() : health.live();
    String status = ready ? (good ? "ready" : "not_ready") : (good ? "live" : "not_live");
    return AdminResponse.json(good ? 200 : 503, StatusJson.health(status, health));
  }

  private static String index(String version, List<AdminPage> pages) {
    StringBuilder text = new StringBuilder("forebay ").append(version).append("\n\n");
    for (AdminPage page : pages) {
      text.append(String.format("%-16s %s%n", page.path(), page.summary()));
    }
    return text.toString();
  }
}
