package io.forebay.source.file;

import io.forebay.core.component.NodeListener;
import java.util.TreeMap;

/**
 * What is wrong with which file, told to the listener as one sentence whenever it changes. Belongs
 * to the node's thread.
 */
final class NodeHealth {

  private final NodeListener listener;
  private final TreeMap<String, String> problems = new TreeMap<>();
  private boolean changed;
  private boolean unhealthy;

  NodeHealth(NodeListener listener) {
    this.listener = listener;
  }

  /** Something about the subject is wrong; {@code why} is a sentence that names it. */
  void problem(String subject, String why) {
    changed |= !why.equals(problems.put(subject, why));
  }

  void solved(String subject) {
    if (!problems.isEmpty()) {
      changed |= problems.remove(subject) != null;
    }
  }

  /** Tells the listener if there is news. */
  void report() {
    if (!changed) {
      return;
    }
    changed = false;
    if (!problems.isEmpty()) {
      String first = problems.firstEntry().getValue();
      int others = problems.size() - 1;
      listener.onUnhealthy(others == 0 ? first : first + " (and " + others + " more like it)");
      unhealthy = true;
    } else if (unhealthy) {
      listener.onHealthy();
      unhealthy = false;
    }
  }
}
