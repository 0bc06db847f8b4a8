package io.forebay.source.collector;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable cursors in memory: of so many agents at most, and of each agent its newest epochs. In
 * the order of use; the agent that was silent longest makes room for a new one. Thread safe.
 */
final class CursorIndex {

  /** An agent has another epoch when its queue was made anew; two may drain beside each other. */
  static final int MAX_EPOCHS = 4;

  private final int maxAgents;
  // For each agent pairs of epoch and cursor, the epoch that was used last at the end.
  private final LinkedHashMap<String, long[]> agents = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  CursorIndex(int maxAgents) {
    this.maxAgents = maxAgents;
  }

  synchronized OptionalLong find(String agentId, long epoch) {
    long[] pairs = agents.get(agentId);
    int at = pairs == null ? -1 : indexOf(pairs, epoch);
    return pairs == null || at < 0 ? OptionalLong.empty() : OptionalLong.of(pairs[at + 1]);
  }

  /**
   * Sets a cursor.
   *
   * @return the agent that was forgotten for it, or null
   */
  synchronized @Nullable String put(String agentId, long epoch, long cursor) {
    long[] before = agents.get(agentId);
    if (before == null) {
      agents.put(agentId, new long[] {epoch, cursor});
      bytes += recordBytes(agentId);
      return agents.size() > maxAgents ? evict() : null;
    }
    int at = indexOf(before, epoch);
    if (at >= 0 && at == before.length - 2) {
      before[at + 1] = cursor;
      return null;
    }
    int gone = at >= 0 ? at : before.length == 2 * MAX_EPOCHS ? 0 : before.length;
    long[] after = new long[(gone == before.length ? before.length : before.length - 2) + 2];
    System.arraycopy(before, 0, after, 0, gone);
    if (gone < before.length) {
      System.arraycopy(before, gone + 2, after, gone, before.length - gone - 2);
    }
    after[after.length - 2] = epoch;
    after[after.length - 1] = cursor;
    agents.put(agentId, after);
    bytes += (long) recordBytes(agentId) * (after.length - before.length) / 2;
    return null;
  }

  synchronized int agentCount() {
    return agents.size();
  }

  /** Bytes of a journal that holds each cursor once. */
  synchronized long recordBytes() {
    return bytes;
  }

  /** Every cursor, the one used last at the end. */
  synchronized void forEach(Consumer<CursorRecord> each) {
    for (Map.Entry<String, long[]> agent : agents.entrySet()) {
      long[] pairs = agent.getValue();
      for (int i = 0; i < pairs.length; i += 2) {
        each.accept(new CursorRecord(agent.getKey(), pairs[i], pairs[i + 1]));
      }
    }
  }

  private @Nullable String evict() {
    Iterator<Map.Entry<String, long[]>> eldest = agents.entrySet().iterator();
    Map.Entry<String, long[]> gone = eldest.next();
    String agentId = gone.getKey();
    bytes -= (long) recordBytes(agentId) * gone.getValue().length / 2;
    eldest.remove();
    return agentId;
  }

  private static int recordBytes(String agentId) {
    return new CursorRecord(agentId, 0, 0).encodedBytes();
  }

  private static int indexOf(long[] pairs, long epoch) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] == epoch) {
        return i;
      }
    }
    return -1;
  }
}
