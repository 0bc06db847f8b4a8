package io.forebay.queue;

import java.util.concurrent.CompletableFuture;

/** An append on its way to the disk. */
final class PendingAppend {

  final RecordBatch batch;
  final long payloadBytes;
  final CompletableFuture<AppendResult> result = new CompletableFuture<>();

  /** The number that its first record must have; negative for the one that comes next. */
  final long wantedSequence;

  /** Set when the records have got their numbers. */
  long firstSequence;

  PendingAppend(RecordBatch batch, long payloadBytes, long wantedSequence) {
    this.batch = batch;
    this.payloadBytes = payloadBytes;
    this.wantedSequence = wantedSequence;
  }

  /** Whether its records can follow at {@code next} without leaving numbers out. */
  boolean follows(long next) {
    return wantedSequence < 0 || wantedSequence == next;
  }
}
