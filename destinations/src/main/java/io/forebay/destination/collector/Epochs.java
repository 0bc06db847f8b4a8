package io.forebay.destination.collector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Under which epoch the numbers of a queue are sent: its own, until a receiver turns out to know
 * numbers of it that were never sent from here. Then the queue is not the only one of its name (it
 * was restored from a backup, or copied with its machine), and a new epoch takes the place of its
 * own, so that nothing that is still to be sent passes for a duplicate. Kept in a file, for the
 * next run would not know.
 */
final class Epochs {

  private record Renewal(long queue, long wire) {}

  private static final Renewal NONE = new Renewal(0, 0);

  private final Path file;
  private final Scheduler blocking;
  private final LongSupplier random;
  private volatile Renewal renewal = NONE;
  private volatile boolean loaded;
  private volatile Mono<Void> writing = Mono.empty();

  /**
   * @param blocking reads and writes the file
   */
  Epochs(Path file, Scheduler blocking, LongSupplier random) {
    this.file = file;
    this.blocking = blocking;
    this.random = random;
  }

  /**
   * Reads what an earlier run kept, on subscription, once; to be completed before the first use.
   */
  Mono<Void> load() {
    return Mono.defer(
        () -> loaded ? Mono.empty() : Mono.<Void>fromCallable(this::read).subscribeOn(blocking));
  }

  /** The epoch to send under. */
  long wire(long queueEpoch) {
    Renewal known = renewal;
    return known.queue == queueEpoch && !known.equals(NONE) ? known.wire : queueEpoch;
  }

  /** Gives a queue another epoch, on subscription; completes once that is durable and in use. */
  Mono<Void> renew(long queueEpoch) {
    return Mono.defer(
        () ->
            writing =
                Mono.<Void>fromCallable(() -> write(new Renewal(queueEpoch, random.getAsLong())))
                    .subscribeOn(blocking)
                    .cache());
  }

  /** Completes once no file is being written, however that ended. */
  Mono<Void> settled() {
    return Mono.defer(() -> writing).onErrorComplete();
  }

  @SuppressWarnings("NullAway") // a Mono<Void> of a callable ends empty
  private Void read() throws IOException {
    try {
      String[] words = Files.readString(file, StandardCharsets.UTF_8).strip().split(" ", -1);
      if (words.length != 2) {
        throw new NumberFormatException("not two numbers");
      }
      renewal =
          new Renewal(Long.parseUnsignedLong(words[0], 16), Long.parseUnsignedLong(words[1], 16));
    } catch (NoSuchFileException e) {
      // The usual case: no queue was ever given another epoch.
    } catch (IOException e) {
      throw new IOException("the epoch of the queue cannot be read: " + e, e);
    } catch (NumberFormatException e) {
      throw new IOException(
          file + " does not hold the epochs of a queue; remove it if the queue was never copied",
          e);
    }
    loaded = true;
    return null;
  }

  @SuppressWarnings("NullAway") // a Mono<Void> of a callable ends empty
  private Void write(Renewal next) throws IOException {
    OwnFile.write(file, Long.toHexString(next.queue) + " " + Long.toHexString(next.wire));
    renewal = next;
    return null;
  }
}
