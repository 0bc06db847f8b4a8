package io.forebay.source.exec;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.item.Batch;
import io.forebay.source.worker.Emitter;
import io.forebay.source.worker.WorkerFlux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** Runs the command again and again, one run at a time. */
final class ExecInput implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(ExecInput.class);

  private static final long FIRST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LAST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int SHOWN_ERROR_CHARS = 200;

  private final ExecInputConfig config;
  private final ComponentContext context;
  private @Nullable String fault;

  ExecInput(ExecInputConfig config, ComponentContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public Flux<Batch> batches() {
    return new WorkerFlux("exec-input-" + context.nodeName(), this::run);
  }

  private synchronized void run(Emitter out) throws IOException, InterruptedException {
    String script = config.script();
    @Nullable Path file =
        script == null
            ? null
            : ScriptFile.write(context.dataDirectory(), context.nodeName(), script);
    try {
      repeat(command(file), out);
    } finally {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    }
  }

  private List<String> command(@Nullable Path script) {
    List<String> command = new ArrayList<>();
    command.add(config.command());
    command.addAll(config.extraArgs());
    if (script != null) {
      command.add(script.toString());
    }
    return command;
  }

  private void repeat(List<String> command, Emitter out) throws InterruptedException {
    Duration interval = config.runInterval();
    long waitNanos = FIRST_WAIT_NANOS;
    while (out.awaitDemand()) {
      long startedAt = System.nanoTime();
      runOnce(command, out);
      long tookNanos = System.nanoTime() - startedAt;
      if (interval != null) {
        waitUntil(startedAt + interval.toNanos(), out);
      } else {
        if (tookNanos >= LAST_WAIT_NANOS) {
          waitNanos = FIRST_WAIT_NANOS;
        }
        waitUntil(startedAt + tookNanos + waitNanos, out);
        waitNanos = Math.min(waitNanos * 2, LAST_WAIT_NANOS);
      }
    }
  }

  private void runOnce(List<String> command, Emitter out) throws InterruptedException {
    CommandRun run;
    try {
      run =
          new CommandRun(
              command, config.timeout(), (int) config.maxLineSize().bytes(), context, out);
    } catch (IOException e) {
      context.listener().onEvent("command_not_started", 1);
      fault(
          "cannot start "
              + config.command()
              + " ("
              + e.getMessage()
              + "); check that it is there and that the agent's user may run it");
      return;
    }
    CommandRun.End end = run.follow();
    if (end instanceof CommandRun.End.TimedOut) {
      context.listener().onEvent("command_timed_out", 1);
      fault(config.command() + " did not end within its timeout and was ended");
    } else if (end instanceof CommandRun.End.Exited exited) {
      exited(exited);
    }
  }

  private void exited(CommandRun.End.Exited exited) {
    if (exited.code() != 0) {
      context.listener().onEvent("command_failed", 1);
      String error = exited.lastErrorLine();
      fault(
          config.command()
              + " ended with exit code "
              + exited.code()
              + (error.isEmpty()
                  ? ""
                  : ": " + error.substring(0, Math.min(error.length(), SHOWN_ERROR_CHARS))));
    } else if (fault != null) {
      fault = null;
      context.listener().onHealthy();
    }
  }

  private void fault(String why) {
    if (!why.equals(fault)) {
      LOG.warn("{}: {}", context.nodeName(), why);
      fault = why;
      context.listener().onUnhealthy(why);
    }
  }

  private static void waitUntil(long nanos, Emitter out) {
    for (long left = nanos - System.nanoTime();
        left > 0 && !out.isCancelled();
        left = nanos - System.nanoTime()) {
      out.pause(left);
    }
  }
}
