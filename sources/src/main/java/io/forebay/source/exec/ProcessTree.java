package io.forebay.source.exec;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Ends a process and all that it started: asked first, then forced. */
final class ProcessTree {

  private static final long GRACE_MILLIS = 3_000;

  private ProcessTree() {}

  /** Blocks until they have ended, a few seconds at most. Those that it started go by their id. */
  static void end(Process process) throws InterruptedException {
    List<ProcessHandle> tree =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    tree.forEach(ProcessHandle::destroy);
    if (!await(tree)) {
      tree.forEach(ProcessHandle::destroyForcibly);
      await(tree);
    }
  }

  private static boolean await(List<ProcessHandle> tree) throws InterruptedException {
    CompletableFuture<?>[] exits =
        tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(GRACE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("waiting for a process failed", e);
    }
  }
}
