package io.forebay.agent.rehearsal;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Gives the same item at a steady rate, as long as there is demand; what comes without demand
 * waits, as lines in a file do.
 */
public final class SteadySource {

  /** What a source reads at once. */
  private static final int BATCH_BYTES = 1 << 16;

  private static final String BEFORE = "{\"_type\":\"log\",\"timestamp\":1767225600000,\"body\":\"";
  private static final String AFTER = "\"}\n";

  /** The smallest line that an item can have. */
  public static final int LEAST_BYTES = BEFORE.length() + AFTER.length();

  private final double itemsPerNano;
  private final Item item;
  private final int batchItems;
  private @Nullable FluxSink<Batch> sink;
  private double due;
  private long waiting;
  private long offered;
  private boolean emitting;

  SteadySource(double itemsPerSecond, int itemBytes) {
    this.itemsPerNano = itemsPerSecond / 1e9;
    byte[] filler = new byte[Math.max(itemBytes - LEAST_BYTES, 0)];
    Arrays.fill(filler, (byte) 'x');
    String line = BEFORE + new String(filler, StandardCharsets.US_ASCII) + AFTER;
    this.item = Item.ofEncoded(ByteSlice.utf8(line));
    this.batchItems = Math.max(BATCH_BYTES / line.length(), 1);
  }

  Flux<Batch> batches() {
    return Flux.create(
        newSink -> {
          sink = newSink;
          newSink.onRequest(count -> emit());
        },
        FluxSink.OverflowStrategy.ERROR);
  }

  /** So much time has passed, in which items came. */
  void pass(long nanos) {
    due += nanos * itemsPerNano;
    long come = (long) due;
    due -= come;
    waiting += come;
    offered += come;
    emit();
  }

  /** Items that came and were not asked for. */
  long waiting() {
    return waiting;
  }

  /** Items that came. */
  long offered() {
    return offered;
  }

  private void emit() {
    FluxSink<Batch> to = sink;
    if (emitting || to == null) {
      return;
    }
    emitting = true;
    while (waiting > 0 && to.requestedFromDownstream() > 0) {
      int count = (int) Math.min(waiting, batchItems);
      waiting -= count;
      to.next(Batch.of(Collections.nCopies(count, item), Acknowledgement.ignored()));
    }
    emitting = false;
  }
}
