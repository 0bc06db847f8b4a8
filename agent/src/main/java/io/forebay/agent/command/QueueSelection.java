package io.forebay.agent.command;

import io.forebay.agent.process.DataDirectory;
import io.forebay.agent.queue.ConfiguredQueues;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueNames;
import io.forebay.agent.queue.QueueRoom;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.queue.QueueStatus.State;
import io.forebay.agent.queue.Sentences;
import io.forebay.core.disk.BudgetStatus;
import io.forebay.core.disk.QueueRegistry;
import io.forebay.queue.QueueInspector;
import java.io.IOException;
import java.nio.file.DirectoryStream;
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
    this.configured =
        file == null
            ? null
            : new ConfiguredQueues(
                PipelineFiles.require(file, context), dataDirectory, Clock.systemUTC());
  }

  Path dataDirectory() {
    return dataDirectory;
  }

  /** The list that the agent keeps in its data directory. */
  KnownQueues known() {
    return new KnownQueues(context, dataDirectory);
  }

  /** How the disk budget stands that the queues share; null without a pipeline file. */
  @Nullable BudgetStatus budget() {
    return configured == null ? null : configured.budget();
  }

  /** By how much a queue can still grow; null where no pipeline file tells. */
  @Nullable QueueRoom room(QueueStatus queue) {
    return configured == null ? null : configured.room(queue);
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
    return at(directory);
  }

  private QueueLocation at(Path directory) {
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
    requireQueue(location);
    return location;
  }

  /**
   * Looks, and makes nothing.
   *
   * @throws CommandFailure when there is no queue
   */
  static void requireQueue(QueueLocation location) {
    Path directory = location.directory();
    try {
      if (QueueInspector.isQueue(directory)) {
        return;
      }
    } catch (IOException e) {
      throw unreadable(e, directory);
    }
    requireNotMissing(location);
    throw new CommandFailure(
        ExitCode.USAGE,
        location.node().isEmpty()
            ? directory
                + " holds no queue; forebay queue ls "
                + directory
                + " looks for some below it"
            : location.title()
                + ": there is no queue in "
                + directory
                + ", nothing was written to disk there yet");
  }

  /**
   * For a command that may make the queue: not where an agent had one that is gone.
   *
   * @throws CommandFailure when it is missing
   */
  static void requireNotMissing(QueueLocation location) {
    QueueStatus status = QueueStatus.of(location);
    if (status.state() == State.MISSING) {
      throw new CommandFailure(ExitCode.USAGE, location.title() + ": " + status.trouble());
    }
  }

  /**
   * As {@link #find}, for a command that puts something there: a node's queue may not be there yet,
   * and is made then. A directory that is named must be there, and hold a queue or nothing: one
   * that was mistyped is not made.
   */
  QueueLocation findToFill(Kind kind, String name) {
    QueueLocation location = find(kind, name);
    requireNotMissing(location);
    try {
      if (Files.exists(location.directory())
          && !QueueInspector.isQueue(location.directory())
          && !isEmpty(location.directory())) {
        throw new CommandFailure(
            ExitCode.USAGE,
            location.directory()
                + " holds no queue, but other files; name a queue, or an empty directory for a new one"
                + suggestion(name));
      }
    } catch (IOException e) {
      throw unreadable(e, location.directory());
    }
    return location;
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }

  /**
   * A queue that is to be taken over: a node's, the one that a node of this name had once, or a
   * directory. It may be gone.
   *
   * @throws CommandFailure when several queues have the name
   */
  QueueLocation findToTake(String name) {
    Path directory = path(name);
    boolean isNode =
        all().stream().anyMatch(found -> found.kind() == Kind.QUEUE && found.node().equals(name));
    if (isNode) {
      return find(Kind.QUEUE, name);
    }
    List<QueueLocation> former = Files.exists(directory) ? List.of() : names().formerly(name);
    List<QueueLocation> there =
        former.stream().filter(found -> Files.exists(found.directory())).toList();
    if (there.size() > 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "nodes named '"
              + name
              + "' had several queues; name the directory of one: "
              + there.stream()
                  .map(found -> found.directory().toString())
                  .collect(Collectors.joining(", ")));
    }
    return !there.isEmpty() ? there.get(0) : !former.isEmpty() ? former.get(0) : at(directory);
  }

  private QueueNames names() {
    return new QueueNames(all(), dataDirectory);
  }

  /** What may have been meant, as the end of a sentence; empty when nothing looks like it. */
  String suggestion(String name) {
    return names().nearest(name).map(near -> "; did you mean " + near + "?").orElse("");
  }

  /** Where a queue is looked for, for people. */
  String searched() {
    Path file = config;
    return "neither a directory"
        + (file == null ? "" : ", nor a node of " + file)
        + ", nor a name in "
        + dataDirectory.resolve(QueueRegistry.NAME);
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
          + "'; name a queue's directory, or with -c FILE its node"
          + suggestion(name);
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
        + (nodes.isEmpty() ? "no node has one" : "nodes that have one: " + nodes)
        + suggestion(name);
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
