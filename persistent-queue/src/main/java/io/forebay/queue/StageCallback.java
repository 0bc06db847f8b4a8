package io.forebay.queue;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Completes a stage with what became of an append. */
record StageCallback(CompletableFuture<AppendResult> stage) implements AppendCallback {

  @Override
  public void onStored(long firstSequence, int count) {
    stage.complete(new AppendResult.Stored(firstSequence, count));
  }

  @Override
  public void onRefused(DropReason reason) {
    stage.complete(new AppendResult.Refused(reason));
  }

  @Override
  public void onFailed(IOException cause) {
    stage.completeExceptionally(cause);
  }
}
