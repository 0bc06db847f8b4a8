package io.forebay.agent.command;

import io.forebay.agent.process.DataDirectory;
import io.forebay.agent.queue.ConfiguredQueues;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.Sentences;
import io.forebay.core.graph.PipelineGraph;
import io.forebay.queue.QueueInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the queues that a command line names. */
final class QueueSelection {

  private final CommandContext context;
  private final @Nullable Path config;
  private final Path dataDirectory;
  private final @Nullable PipelineGraph graph;
  private final @Nullable ConfiguredQueues configured;

  /**
   * Reads the pipeline file where one is named.
   *
   * @throws CommandFailure when the file has errors
   */
  QueueSelection(CommandContext context, QueueConfigOptions options) {
    this.context = context;
    this.config = options.config;
    this.dataDirectory = DataDirectory.choose(options.dataDirectory, context.environment());
    Path file = options.config;
    this.graph = file == null ? null : PipelineFiles.require(file, null, context);
    PipelineGraph read = graph;
    this.configured =
        read == null ? null : new ConfiguredQueues(read, dataDirectory, Clock.systemUTC());
  }

  Path dataDirectory() {
    return dataDirectory;
  }

  Optional<PipelineGraph> graph() {
    return Optional.ofNullable(graph);
  }

  /** All queues of the pipeline file; none without one. */
  List<QueueLocation> all() {
    ConfiguredQueues queues = configured;
    return queues == null ? List.of() : queues.all();
  }

  /**
   * The queue of a name: a node's, or a directory.
   *
   * @param kind which of the node's queues is meant
   * @throws CommandFailure when there is none
   */
  QueueLocation find(Kind kind, String name) {
    ConfiguredQueues queues = configured;
    if (queues != null) {
      Optional<QueueLocation> ofNode = queues.find(kind, name);
      if (ofNode.isPresent()) {
        return ofNode.get();
      }
    }
    Path directory = path(name);
    if (!Files.exists(directory)) {
      throw new CommandFailure(ExitCode.USAGE, unknown(kind, name));
    }
    Path absolute = directory.toAbsolutePath().normalize();
    return all().stream()
        .filter(location -> location.directory().equals(absolute))
        .findFirst()
        .orElse(new QueueLocation(Kind.DIRECTORY, "", absolute, null));
  }

  /**
   * As {@link #find}, for a command that reads or changes what is there.
   *
   * @throws CommandFailure when there is no queue
   */
  QueueLocation existing(Kind kind, String name) {
    QueueLocation location = find(kind, name);
    try {
      if (QueueInspector.isQueue(location.directory())) {
        return location;
      }
    } catch (IOException e) {
      throw unreadable(e, location.directory());
    }
    throw new CommandFailure(
        ExitCode.USAGE,
        location.node().isEmpty()
            ? location.directory()
                + " holds no queue; forebay queue ls "
                + location.directory()
                + " looks for some below it"
            : location.title()
                + ": nothing is on disk, "
                + location.directory()
                + " holds no queue yet");
  }

  /**
   * As {@link #find}, for a command that puts something there: a directory that does not exist is
   * made then.
   */
  QueueLocation findOrMake(Kind kind, String name) {
    Path directory = path(name);
    boolean isNode = all().stream().anyMatch(location -> location.node().equals(name));
    boolean looksLikeADirectory = name.indexOf('/') >= 0 || config == null;
    return !isNode && !Files.exists(directory) && looksLikeADirectory
        ? QueueLocation.directory(directory)
        : find(kind, name);
  }

  /** Why reading failed, for the user. */
  static CommandFailure unreadable(IOException e, Path about) {
    return new CommandFailure(ExitCode.USAGE, Sentences.of(e, about), e);
  }

  /** Why changing something failed, for the user. */
  static CommandFailure failed(IOException e, Path about) {
    return new CommandFailure(ExitCode.FAILURE, Sentences.of(e, about), e);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new CommandFailure(ExitCode.USAGE, "'" + name + "' is no path: " + e.getReason());
    }
  }

  private String unknown(Kind kind, String name) {
    Path file = config;
    if (file == null) {
      return "there is no directory '"
          + name
          + "'; name a queue's directory, or with -c FILE its node";
    }
    String nodes =
        all().stream()
            .filter(location -> location.kind() == kind)
            .map(QueueLocation::node)
            .collect(Collectors.joining(", "));
    return file
        + " has no node '"
        + name
        + "' with a persistent_queue, and there is no such directory; "
        + (nodes.isEmpty() ? "no node has one" : "nodes that have one: " + nodes);
  }

  /** Where problems with directories that may not be read are told. */
  void warn(Path unreadable) {
    context
        .err()
        .println(
            context.errStyle().yellow("forebay: ")
                + "user "
                + System.getProperty("user.name")
                + " may not look into "
                + unreadable);
  }
}
