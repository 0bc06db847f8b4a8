package io.forebay.core.graph;

import io.forebay.core.graph.PipelineGraph.Link;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Walks over nodes and links. No walk recurses, so a long chain of nodes needs no deep stack. */
final class Topology {

  private final List<String> nodes;
  private final List<Link> links;
  private final Map<String, Set<String>> next = new HashMap<>();
  private final Map<String, Set<String>> previous = new HashMap<>();

  Topology(Collection<String> nodes, List<Link> links) {
    this.nodes = List.copyOf(nodes);
    this.links = List.copyOf(links);
    for (Link link : links) {
      next.computeIfAbsent(link.from(), any -> new LinkedHashSet<>()).add(link.to());
      previous.computeIfAbsent(link.to(), any -> new LinkedHashSet<>()).add(link.from());
    }
  }

  List<Link> links() {
    return links;
  }

  /** The nodes and all that can be reached from them. */
  Set<String> reachedFrom(Collection<String> starts) {
    return walk(starts, name -> next.getOrDefault(name, Set.of()));
  }

  /** The nodes and all from which one of them can be reached. */
  Set<String> leadingTo(Collection<String> ends) {
    return walk(ends, name -> previous.getOrDefault(name, Set.of()));
  }

  private static Set<String> walk(
      Collection<String> starts, Function<String, Set<String>> neighbours) {
    Set<String> seen = new LinkedHashSet<>(starts);
    Deque<String> open = new ArrayDeque<>(starts);
    while (!open.isEmpty()) {
      for (String neighbour : neighbours.apply(open.pop())) {
        if (seen.add(neighbour)) {
          open.push(neighbour);
        }
      }
    }
    return seen;
  }

  /** The nodes, each after all that lead to it; those on cycles are missing. */
  List<String> inOrder() {
    Map<String, Integer> waiting = new HashMap<>();
    Deque<String> ready = new ArrayDeque<>();
    for (String node : nodes) {
      int before = previous.getOrDefault(node, Set.of()).size();
      waiting.put(node, before);
      if (before == 0) {
        ready.add(node);
      }
    }
    List<String> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      String node = ready.remove();
      order.add(node);
      for (String neighbour : next.getOrDefault(node, Set.of())) {
        if (waiting.merge(neighbour, -1, Integer::sum) == 0) {
          ready.add(neighbour);
        }
      }
    }
    return order;
  }

  /** One cycle for each knot of nodes that has any, its first node repeated at the end. */
  List<List<String>> cycles() {
    List<List<String>> cycles = new ArrayList<>();
    Set<String> left = new LinkedHashSet<>(nodes);
    inOrder().forEach(left::remove);
    while (!left.isEmpty()) {
      Set<String> walked = new LinkedHashSet<>();
      String at = left.iterator().next();
      // Each node left has a predecessor left, so walking back must come round.
      while (walked.add(at)) {
        at = predecessorIn(left, at);
      }
      List<String> path = List.copyOf(walked);
      List<String> cycle = new ArrayList<>();
      cycle.add(at);
      for (int i = path.size() - 1; !path.get(i).equals(at); i--) {
        cycle.add(path.get(i));
      }
      cycle.add(at);
      cycles.add(startingWithTheEarliest(cycle));
      Set<String> knot = reachedFrom(cycle);
      left.removeAll(knot);
      removeFollowers(left);
    }
    return cycles;
  }

  private String predecessorIn(Set<String> among, String node) {
    for (String candidate : previous.getOrDefault(node, Set.of())) {
      if (among.contains(candidate)) {
        return candidate;
      }
    }
    throw new IllegalStateException("node " + node + " is on no cycle");
  }

  /** Drops nodes that have lost every predecessor on a cycle. */
  private void removeFollowers(Set<String> left) {
    while (left.removeIf(
        node -> previous.getOrDefault(node, Set.of()).stream().noneMatch(left::contains))) {}
  }

  private List<String> startingWithTheEarliest(List<String> cycle) {
    List<String> ring = cycle.subList(0, cycle.size() - 1);
    Set<String> members = new HashSet<>(ring);
    int start = 0;
    for (String node : nodes) {
      if (members.contains(node)) {
        start = ring.indexOf(node);
        break;
      }
    }
    List<String> turned = new ArrayList<>(ring.subList(start, ring.size()));
    turned.addAll(ring.subList(0, start + 1));
    return turned;
  }
}
