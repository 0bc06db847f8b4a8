package io.forebay.queue;

import java.util.concurrent.CompletableFuture;

/** An append on its way to the disk. */
final class PendingAppend {

  final RecordBatch batch;
  final long payloadBytes;
  final CompletableFuture<AppendResult> result = new CompletableFuture<>();

  /** Set when the records have got their numbers. */
  long firstSequence;

  PendingAppend(RecordBatch batch, long payloadBytes) {
    this.batch = batch;
    this.payloadBytes = payloadBytes;
  }
}
