package io.forebay.agent.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/** Whether somebody asked the process to stop. Thread safe. */
public final class StopRequest {

  private static final int SIGNAL_BASE = 128;

  private final CompletableFuture<StopSignal> asked = new CompletableFuture<>();

  /**
   * Listens to the process's signals from now on. A second signal ends the process at once, with
   * exit code 128 + its number, as shells expect of a process that died of it.
   */
  public static StopRequest bySignals() {
    StopRequest request = new StopRequest();
    StopSignals.handle(
        request::ask, signal -> Runtime.getRuntime().halt(SIGNAL_BASE + signal.number()));
    return request;
  }

  /** Asks to stop; only the first one is heard. */
  public void ask(StopSignal signal) {
    asked.complete(signal);
  }

  /** The signal, once there is one. */
  public Mono<StopSignal> signal() {
    return Mono.fromFuture(asked, true);
  }

  /** Waits for a request, at most so long; says whether there is one. */
  public boolean await(Duration time) throws InterruptedException {
    try {
      asked.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
