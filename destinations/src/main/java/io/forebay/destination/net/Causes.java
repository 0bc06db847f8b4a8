package io.forebay.destination.net;

import org.jspecify.annotations.Nullable;

/** Looks along a chain of causes, which may be long or a ring. */
final class Causes {

  private static final int MAX_CAUSES = 16;

  private Causes() {}

  static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    Throwable at = failure;
    for (int i = 0; at != null && i < MAX_CAUSES; i++) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }
}
