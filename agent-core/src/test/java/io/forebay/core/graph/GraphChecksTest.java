package io.forebay.core.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.Problem;
import io.forebay.core.config.SourceText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphChecksTest {

  /** Nodes by the first letter of their names: i… sources, o… destinations, others processors. */
  private static PipelineLoader.Loaded load(String nodes, String links) {
    List<String> lines = new ArrayList<>(List.of("version: v3", "nodes:"));
    for (String node : nodes.split(" ")) {
      String name = node.replace("!", "");
      String keys =
          switch (name.charAt(0)) {
            case 'i' -> "type: test_input, port: 1";
            case 'o' -> "type: http_output, endpoint: 'http://localhost/'";
            default -> "type: test_filter, pattern: x";
          };
      String disabled = node.endsWith("!") ? ", disabled: true" : "";
      lines.add("- {name: " + name + ", " + keys + disabled + "}");
    }
    lines.add(links.isEmpty() ? "links: []" : "links:");
    for (String link : links.isEmpty() ? new String[0] : links.split(" ")) {
      String[] ends = link.split("[>:]");
      String path = ends.length == 3 ? ", path: " + ends[1] : "";
      lines.add("- {from: " + ends[0] + ", to: " + ends[ends.length - 1] + path + "}");
    }
    return parse(String.join("\n", lines));
  }

  private static PipelineLoader.Loaded parse(String yaml) {
    return PipelineLoader.parse(
        new SourceText("x", yaml), TestComponents.REGISTRY, Map.<String, String>of()::get);
  }

  private static List<String> problems(String nodes, String links) {
    return load(nodes, links).problems().all().stream()
        .map(p -> p.line() + " " + (p.node() == null ? "" : p.node() + ": ") + p.message())
        .toList();
  }

  private static String kept(String nodes, String links) {
    PipelineLoader.Loaded loaded = load(nodes, links);
    return loaded
        .graph()
        .map(g -> g.nodes().stream().map(Object::toString).collect(Collectors.joining(" ")))
        .orElseThrow(() -> new AssertionError(loaded.problems()));
  }

  @Test
  void acceptsFanInAndFanOutAndExits() {
    assertThat(problems("i1 i2 a b o1 o2", "i1>a i2>a a>b a:unmatched>o2 b>o1 b>o2")).isEmpty();
    assertThat(kept("o2 o1 b a i2 i1", "i1>a i2>a a>b a:unmatched>o2 b>o1 b>o2"))
        .isEqualTo("i2 i1 a b o1 o2");
  }

  @Test
  void namesEachCycleInOrder() {
    assertThat(problems("i a b c o", "i>a a>b b>c c>a c>o"))
        .containsExactly("12 the links form a cycle: a → b → c → a");
    assertThat(problems("i a b c d o", "i>a a>b b>a a>o c>d d>c c>o"))
        .contains("12 the links form a cycle: a → b → a", "15 the links form a cycle: c → d → c");
  }

  @Test
  void refusesLinksThatFitNoNode() {
    assertThat(problems("i a o", "i>a a>o i>oo"))
        .containsExactly("9 the link's 'to' names no node: 'oo'");
    assertThat(problems("i a o", "i>a a>o a>a"))
        .containsExactly("9 a: the node is linked to itself");
    assertThat(problems("i a o", "i>a a>o a>o"))
        .containsExactly("9 the link from 'a' to 'o' stands twice");
    assertThat(problems("i a o", "i>a a>o o>a"))
        .contains("9 o: a destination has no exit, so no link can come from it");
    assertThat(problems("i a o", "i>a a>o a>i"))
        .contains("9 i: a source takes nothing in, so no link can lead to it");
    assertThat(problems("i a o", "i>a a>o a:failure>o"))
        .containsExactly("9 a: the node has no exit 'failure'");
    assertThat(problems("i a o", "i>a a>o i:unmatched>o"))
        .containsExactly("9 i: the node has no exit 'unmatched'");
  }

  @Test
  void suggestsTheNodeThatWasMeant() {
    assertThat(load("i filter o", "i>filtr filter>o").problems().errors())
        .map(Problem::suggestion)
        .containsExactly("did you mean 'filter'?");
  }

  @Test
  void refusesATakenName() {
    PipelineLoader.Loaded loaded = load("i o o", "i>o");
    assertThat(loaded.problems().errors())
        .singleElement()
        .asString()
        .isEqualTo(
            "x:5:10: error: node 'o': the name is taken\n"
                + "  hint: the node on line 4 has it; names must be unique");
  }

  @Test
  void leavesOutWhatLeadsToNoDestinationAndWarns() {
    assertThat(problems("i i2 a b o", "i>o i>a i2>b"))
        .containsExactly(
            "4 i2: the source leads to no destination and is left out",
            "5 a: the processor leads to no destination and is left out",
            "6 b: the processor leads to no destination and is left out");
    assertThat(kept("i i2 a b o", "i>o i>a i2>b")).isEqualTo("i o");
  }

  @Test
  void keepsADestinationThatNoSourceFeedsSoThatItsQueueDrains() {
    assertThat(problems("i o o2 a", "i>o a>o2"))
        .containsExactly(
            "5 o2: no source leads to the destination; only what its queue holds is delivered",
            "6 a: no source leads to the processor, which is left out");
    assertThat(kept("i o o2 a", "i>o a>o2")).isEqualTo("i o2 o");
  }

  @Test
  void takesDisabledNodesOutWithTheirLinks() {
    assertThat(kept("i i2! a o o2!", "i>a i2>a a>o a>o2")).isEqualTo("i a o");
    assertThat(problems("i i2! a o o2!", "i>a i2>a a>o a>o2")).isEmpty();
    PipelineLoader.Loaded cut = load("i i2 a! o", "i>a a>o i2>o");
    assertThat(cut.problems().warnings())
        .map(Problem::suggestion)
        .containsExactly(
            "link it to a destination, or set 'disabled: true'; its neighbour 'a' is disabled");
  }

  @Test
  void wantsASourceThatLeadsToADestination() {
    assertThat(problems("a o", "a>o")).contains("0 the pipeline has no source");
    assertThat(problems("i a", "i>a")).contains("0 the pipeline has no destination");
    assertThat(problems("i o!", "i>o"))
        .contains("0 the pipeline has no destination that is not disabled");
    assertThat(problems("i o", "")).contains("0 no source leads to any destination");
  }

  @Test
  void survivesAVeryLongChain() {
    StringBuilder nodes = new StringBuilder("i o");
    StringBuilder links = new StringBuilder("i>p0");
    for (int i = 0; i < 3000; i++) {
      nodes.append(" p").append(i);
      links.append(" p").append(i).append(">").append(i == 2999 ? "o" : "p" + (i + 1));
    }
    assertThat(load(nodes.toString(), links.toString()).graph().orElseThrow().nodes())
        .hasSize(3002);
  }

  @TempDir Path directory;

  private List<String> queueProblems(String first, String second) {
    return parse(
            """
            version: v3
            nodes:
            - {name: i, type: test_input, port: 1}
            - {name: o1, type: http_output, endpoint: 'http://h/', %s}
            - {name: o2, type: http_output, endpoint: 'http://h/', %s}
            links: [{from: i, to: o1}, {from: i, to: o2}]
            """
                .formatted(first, second))
        .problems()
        .errors()
        .stream()
        .map(Problem::message)
        .toList();
  }

  @Test
  void refusesTwoQueuesInOneDirectory() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    String queue = "persistent_queue: {path: '%s'}";

    assertThat(queueProblems(queue.formatted("/q"), queue.formatted("/q/x/..")))
        .containsExactly(
            "persistent_queue.path '/q/x/..' is the directory '/q' of node 'o1', persistent_queue");
    assertThat(queueProblems(queue.formatted("/q"), queue.formatted("/q/x"))).hasSize(1);
    assertThat(queueProblems(queue.formatted("/q/x"), queue.formatted("/q"))).hasSize(1);
    assertThat(
            queueProblems(queue.formatted(real.resolve("q")), queue.formatted(link.resolve("q"))))
        .hasSize(1);
    assertThat(queueProblems(queue.formatted("/q"), "dead_letters: {path: '/q'}")).hasSize(1);
    assertThat(
            queueProblems(
                queue.formatted("/q") + ", dead_letters: {path: '/q/d'}", "batch_size: 1"))
        .singleElement()
        .asString()
        .contains("of its own persistent_queue");
    assertThat(queueProblems(queue.formatted("/q/a"), queue.formatted("/q/ab"))).isEmpty();
  }

  @Test
  void drawsTheGraphWithNamesEscaped() {
    PipelineGraph graph =
        parse(
                """
                version: v3
                nodes:
                - {name: 'in "1" <b>; end', type: test_input, port: 1}
                - {name: 'a\\b', type: test_filter, pattern: x}
                - {name: out, type: http_output, endpoint: 'http://h/'}
                links:
                - {from: 'in "1" <b>; end', to: ab}
                - {from: ab, to: out}
                - {from: ab, path: unmatched, to: out}
                """
                    .replace("'a\\b'", "ab"))
            .graph()
            .orElseThrow();

    assertThat(GraphDrawing.mermaid(graph))
        .isEqualTo(
            """
            flowchart LR
              n0(["in #34;1#34; #60;b#62;#59; end<br/>test_input"])
              n1["ab<br/>test_filter"]
              n2[("out<br/>http_output")]
              n0 --> n1
              n1 --> n2
              n1 -->|"unmatched"| n2
            """);
    assertThat(GraphDrawing.dot(graph))
        .isEqualTo(
            """
            digraph pipeline {
              rankdir=LR;
              n0 [shape=oval, label="in \\"1\\" <b>; end\\ntest_input"];
              n1 [shape=box, label="ab\\ntest_filter"];
              n2 [shape=cylinder, label="out\\nhttp_output"];
              n0 -> n1;
              n1 -> n2;
              n1 -> n2 [label="unmatched"];
            }
            """);
  }
}
