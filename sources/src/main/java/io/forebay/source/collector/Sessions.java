package io.forebay.source.collector;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The sessions of all agents that have something under way. Thread safe. */
final class Sessions {

  private record Key(String agentId, long epoch) {}

  private final Reception shared;
  private final ConcurrentMap<Key, Session> sessions = new ConcurrentHashMap<>();

  Sessions(Reception shared) {
    this.shared = shared;
  }

  /** The session of an agent and epoch; null when there are too many. To be given back. */
  @Nullable Session use(String agentId, long epoch) {
    Key key = new Key(agentId, epoch);
    while (true) {
      Session session = sessions.get(key);
      if (session == null) {
        if (sessions.size() >= shared.config().maxAgents()) {
          return null;
        }
        session = sessions.computeIfAbsent(key, this::begin);
      }
      if (session.use()) {
        return session;
      }
      sessions.remove(key, session);
    }
  }

  /** As {@link #use}, if there is one already. */
  @Nullable Session useIfPresent(String agentId, long epoch) {
    Session session = sessions.get(new Key(agentId, epoch));
    return session != null && session.use() ? session : null;
  }

  Collection<Session> all() {
    return sessions.values();
  }

  private Session begin(Key key) {
    return new Session(
        shared,
        key.agentId,
        key.epoch,
        shared.store().find(key.agentId, key.epoch),
        session -> {
          if (session.retire()) {
            sessions.remove(key, session);
          }
        });
  }
}
