package io.forebay.queue;

/**
 * One queue's part of a disk that it shares with other queues. The queue asks before its files
 * grow, and says what they really take once it has written or deleted.
 *
 * <p>Called by one thread at a time: the one that opens the queue, then its writer. Must be quick,
 * never waits and never throws. Sizes are those of all files of the queue together, in bytes.
 */
public interface SpaceGrant {

  /** Nothing is shared: only {@link QueueOptions#maxBytes} bounds the queue. */
  SpaceGrant UNLIMITED =
      new SpaceGrant() {
        @Override
        public boolean tryHold(long bytes) {
          return true;
        }

        @Override
        public void hold(long bytes) {}

        @Override
        public long maxBytes() {
          return Long.MAX_VALUE;
        }
      };

  /**
   * Whether the files may grow to {@code bytes}. Where they may, the room is the queue's until it
   * next says what it holds; asking again for as much or less changes nothing.
   */
  boolean tryHold(long bytes);

  /** The files take {@code bytes} now, granted or not: they are there. */
  void hold(long bytes);

  /** What could be granted at most, however long one waits. */
  long maxBytes();
}
