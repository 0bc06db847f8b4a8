package io.forebay.agent.command;

import io.forebay.agent.queue.QueueFinder;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.queue.QueueStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code forebay queue ls}. */
@Command(
    name = "ls",
    description = {
      "List queues: those of a pipeline file and the orphans, which the agent left in its data directory or elsewhere and"
          + " no node of the file owns; or those in the directories named, and below. With neither, those in the data directory.",
      "Safe beside a running agent."
    })
final class QueueListCommand implements Callable<Integer> {

  private final CommandContext context;
  private boolean allSeen = true;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(arity = "0..*", paramLabel = "DIR", description = "Where to look for queues.")
  List<Path> directories = new ArrayList<>();

  @Mixin JsonOption json = new JsonOption();

  QueueListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<QueueStatus> found = new ArrayList<>();
    QueueSelection selection = new QueueSelection(context, options);
    for (QueueLocation location : locations(selection)) {
      found.add(QueueStatus.of(location));
    }
    DiskTotal total = DiskTotal.of(found, selection.budget());
    if (json.wanted) {
      context.out().print(QueueJson.list(found, selection::room, total));
    } else if (found.isEmpty()) {
      context.out().println("no queues");
      note(selection, found);
    } else {
      new QueueTable(context.outStyle(), Clock.systemUTC(), selection::room)
          .print(found, context.out());
      note(selection, found);
      context.out().println(total.line());
    }
    context.out().flush();
    boolean allRead = found.stream().allMatch(status -> status.trouble() == null);
    return (allRead && allSeen ? ExitCode.OK : ExitCode.USAGE).value();
  }

  /** Where something may be missing because another data directory is meant. */
  private void note(QueueSelection selection, List<QueueStatus> found) {
    boolean allMade = found.stream().noneMatch(status -> status.state() == State.ABSENT);
    if (directories.isEmpty() && (found.isEmpty() || !allMade)) {
      selection.known().noteWhereNoAgentRan();
    }
  }

  private List<QueueLocation> locations(QueueSelection selection) {
    QueueFinder finder =
        new QueueFinder(
            unreadable -> {
              allSeen = false;
              selection.warn(unreadable);
            });
    List<QueueLocation> locations = new ArrayList<>(selection.all());
    if (directories.isEmpty()) {
      Path data = selection.dataDirectory();
      add(data, () -> finder.orphansOf(data, locations), () -> finder.below(data, data), locations);
    }
    for (Path place : directories) {
      if (!Files.isDirectory(place)) {
        throw new CommandFailure(ExitCode.USAGE, "there is no directory " + place);
      }
      Path data = selection.dataDirectory();
      add(
          place,
          () -> finder.orphansBelow(place, locations),
          () -> finder.below(place, data),
          locations);
    }
    return locations;
  }

  private interface Search {
    List<QueueLocation> run() throws IOException;
  }

  private void add(Path place, Search orphans, Search all, List<QueueLocation> to) {
    try {
      to.addAll((options.config == null ? all : orphans).run());
    } catch (IOException e) {
      throw QueueSelection.unreadable(e, place);
    }
  }
}
