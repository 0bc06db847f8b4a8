package io.forebay.agent.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the commands on queues look nodes up. */
final class QueueConfigOptions {

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The pipeline file: a queue can then be named by its node.")
  @Nullable Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The agent's data directory, as with run.")
  @Nullable Path dataDirectory;
}
