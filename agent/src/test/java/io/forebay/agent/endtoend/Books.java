package io.forebay.agent.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Looks whether an agent accounts for every item: by its own word, in log and meter, and by adding
 * up what it shows of its destinations.
 */
public final class Books {

  private static final Pattern DELIVERY =
      Pattern.compile(
          "(?m)^forebay_delivery_(received|delivered|dead_lettered|dropped|buffered)_items(?:_total)?"
              + "\\{node=\"([^\"]*)\"\\} (\\S+)$");
  private static final Pattern UNACCOUNTED =
      Pattern.compile("(?m)^forebay_node_unaccounted_items\\{.*\\} (?!0\\.0$).*$");

  private Books() {}

  /** Adds up what a running agent shows; it may be starting or gone, and then shows nothing. */
  static void assertBalance(AgentProcess agent) {
    try {
      // A scrape that takes long may show two moments; the next one will not.
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> !agent.isAlive() || difference(agent.get("/metrics")).isEmpty());
    } catch (ConditionTimeoutException e) {
      assertThat(difference(agent.get("/metrics"))).as("what is not accounted for").isEmpty();
    }
    assertNoneBroken(agent.log());
  }

  /** Fails when a log tells of books that did not balance. */
  public static void assertNoneBroken(Path log) {
    try {
      if (Files.exists(log)) {
        String text = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(text.lines().filter(line -> line.contains("the books do not balance")))
            .isEmpty();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What does not add up on a page of metrics; empty when all does. */
  static String difference(String page) {
    Map<String, Double> received = new TreeMap<>();
    Map<String, Double> left = new TreeMap<>();
    Matcher series = DELIVERY.matcher(page);
    while (series.find()) {
      Map<String, Double> side = series.group(1).equals("received") ? received : left;
      side.merge(series.group(2), Double.valueOf(series.group(3)), Double::sum);
    }
    StringBuilder wrong = new StringBuilder();
    received.forEach(
        (node, items) -> {
          if (!items.equals(left.get(node))) {
            wrong.append(node + ": " + items + " received, " + left.get(node) + " accounted for; ");
          }
        });
    Matcher unaccounted = UNACCOUNTED.matcher(page);
    while (unaccounted.find()) {
      wrong.append(unaccounted.group()).append("; ");
    }
    return wrong.toString();
  }
}
