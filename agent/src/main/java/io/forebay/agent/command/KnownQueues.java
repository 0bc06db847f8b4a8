package io.forebay.agent.command;

import io.forebay.agent.queue.Sentences;
import io.forebay.core.disk.QueueRegistry;
import java.io.IOException;
import java.nio.file.Path;

/** The agent's list of queues, as far as a command tells of it or changes it. */
final class KnownQueues {

  private final CommandContext context;
  private final Path dataDirectory;

  KnownQueues(CommandContext context, Path dataDirectory) {
    this.context = context;
    this.dataDirectory = dataDirectory;
  }

  /** For whoever finds less than expected. */
  void noteWhereNoAgentRan() {
    if (!QueueRegistry.isIn(dataDirectory)) {
      context
          .out()
          .println(
              "no agent has run with the data directory "
                  + dataDirectory
                  + ", so nobody knows whether there should be more");
      context.out().flush();
    }
  }

  /**
   * Of a queue whose directory was removed; else its absence would look like a disk that is not
   * mounted.
   */
  void forget(Path directory) {
    try {
      new QueueRegistry(dataDirectory).forget(directory);
    } catch (IOException e) {
      warn("the directory is removed, but 'check' will miss it until the agent has started", e);
    }
  }

  /** Tells no more that the queue in a directory stands in place of one that was missing. */
  void settle(Path directory) {
    try {
      new QueueRegistry(dataDirectory).settle(directory);
    } catch (IOException e) {
      warn("it is done, but 'check' still tells that the queue began empty", e);
    }
  }

  private void warn(String what, IOException e) {
    Path list = dataDirectory.resolve(QueueRegistry.NAME);
    context.err().println("forebay: " + what + ": " + Sentences.of(e, list));
    context.err().flush();
  }
}
