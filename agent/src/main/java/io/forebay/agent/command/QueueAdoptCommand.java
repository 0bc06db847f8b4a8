package io.forebay.agent.command;

import io.forebay.agent.queue.Adoption;
import io.forebay.agent.queue.Adoption.Outcome;
import io.forebay.agent.queue.DeadLetterSweep;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.queue.QueueStatus.State;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.ProgressBar;
import io.forebay.core.disk.QueueSearch;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code forebay queue adopt}. */
@Command(
    name = "adopt",
    description = {
      "Take a queue over whose node was renamed, or whose host is gone: FROM becomes TO, or goes behind what TO"
          + " holds, and FROM is removed.",
      "A record leaves FROM once it is on the disk in TO. Killed at any point, it can be run again and goes on"
          + " where it was, or says that all was done. Refuses while an agent uses one of the queues. FROM stays"
          + " when something else lies in it, such as copies of damaged bytes."
    })
final class QueueAdoptCommand implements Callable<Integer> {

  private static final int NAMED = 8;

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      index = "0",
      paramLabel = "FROM",
      description =
          "A queue's directory, or a node: with -c one of the file, or one that the agent once had.")
  String from = "";

  @Parameters(
      index = "1",
      paramLabel = "TO",
      description =
          "With -c a node, whose queue is made when there is none yet; or the directory of a queue, or an"
              + " empty one.")
  String to = "";

  @Mixin JsonOption json = new JsonOption();

  QueueAdoptCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation source = selection.findToTake(from);
    QueueLocation target = selection.findToFill(Kind.QUEUE, to);
    check(source, target);
    try {
      if (!QueueInspector.isQueue(source.directory())) {
        return sourceIsGone(selection, source, target);
      }
      if (target.kind() == Kind.QUEUE && DeadLetterSweep.isOfLetters(source.directory())) {
        throw new CommandFailure(
            ExitCode.USAGE,
            source.directory()
                + " holds dead letters, which a receiver cannot read; forebay queue dead-letters replay "
                + source.directory()
                + " --into "
                + to
                + " puts their items into the queue");
      }
    } catch (IOException e) {
      throw QueueSelection.unreadable(e, source.directory());
    }
    new ChangeCheck(context).before(source);
    new ChangeCheck(context).before(target);
    QueueSummary summary = QueueStatus.of(source).summary();
    long bytes = summary == null ? 0 : summary.backlogBytes();
    long records = summary == null ? 0 : summary.records();
    Outcome outcome;
    try (ProgressBar bar =
        new ProgressBar(
            context.err(),
            context.errIsTerminal(),
            "adopting " + source.directory(),
            bytes,
            System::nanoTime)) {
      Adoption.Progress progress =
          (step, done) -> bar.at(records == 0 ? 0 : (long) (1.0 * bytes * done / records));
      outcome = new Adoption(source, target, progress).run();
    } catch (IOException e) {
      throw QueueSelection.failed(e, source.directory());
    }
    selection.known().settle(QueueSearch.real(target.directory()));
    print(source, target, outcome);
    return (outcome.damaged() == 0 ? ExitCode.OK : ExitCode.FAILURE).value();
  }

  private static void check(QueueLocation source, QueueLocation target) {
    Path one = source.directory();
    Path other = target.directory();
    if (one.startsWith(other) || other.startsWith(one)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          one.equals(other)
              ? one + " is both FROM and TO"
              : one
                  + " and "
                  + other
                  + " lie within each other; a queue has a directory of its own");
    }
  }

  /** As after a run that was killed in its last moment, or of a queue that never was. */
  private int sourceIsGone(QueueSelection selection, QueueLocation source, QueueLocation target)
      throws IOException {
    Adoption adoption = new Adoption(source, target, (step, done) -> {});
    Instant doneAt = adoption.doneAt();
    if (doneAt == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          Files.exists(source.directory())
              ? source.directory() + " holds no queue" + selection.suggestion(from)
              : "there is no queue '"
                  + from
                  + "': it is "
                  + selection.searched()
                  + selection.suggestion(from));
    }
    Outcome outcome = adoption.run();
    if (json.wanted) {
      print(source, target, outcome);
    } else {
      QueueSummary now = QueueStatus.of(target).summary();
      context
          .out()
          .println(
              source.directory()
                  + " was taken over into "
                  + target.directory()
                  + " at "
                  + doneAt.truncatedTo(ChronoUnit.SECONDS)
                  + "; nothing is left to do"
                  + (now == null
                      ? ""
                      : ". It holds " + Amounts.count(now.records(), "undelivered record")));
      context.out().flush();
    }
    return ExitCode.OK.value();
  }

  private void print(QueueLocation source, QueueLocation target, Outcome outcome) {
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    out.writeStringProperty("from", source.directory().toString());
                    out.writeStringProperty("to", target.directory().toString());
                    out.writeNumberProperty("records", outcome.records());
                    out.writeNumberProperty("already_there", outcome.present());
                    out.writeNumberProperty("unreadable", outcome.damaged());
                    out.writeBooleanProperty("renamed", outcome.renamed());
                    out.writeBooleanProperty("removed", outcome.sourceRemoved());
                  }));
    } else {
      context.out().println(text(source, target, outcome));
      QueueStatus after = QueueStatus.of(target);
      if (target.options() != null
          && after.state() == State.BACKLOG
          && after.summary() != null
          && after.summary().diskBytes() > target.options().maxBytes()) {
        context
            .out()
            .println(
                "  it is larger than max_byte_size ("
                    + Amounts.bytes(target.options().maxBytes())
                    + "): until some is delivered the agent drops or refuses as overflow says; raise"
                    + " max_byte_size before it starts");
      }
    }
    context.out().flush();
  }

  private static String text(QueueLocation source, QueueLocation target, Outcome outcome) {
    Path from = source.directory();
    Path to = target.directory();
    String done =
        outcome.renamed()
            ? from + " is now " + to + ": " + Amounts.count(outcome.records(), "record")
            : outcome.records() + outcome.present() + outcome.damaged() == 0
                ? from + " was empty, and nothing was added to " + to
                : from + " was added to " + to + ": " + Amounts.count(outcome.records(), "record");
    String before =
        outcome.present() == 0
            ? ""
            : ", and " + Amounts.count(outcome.present()) + " that an earlier run had copied";
    String damage =
        outcome.damaged() == 0
            ? ""
            : "; " + Amounts.count(outcome.damaged(), "record") + " could not be read";
    String kept = outcome.sourceRemoved() ? "" : "; " + from + " stays" + whatStays(from);
    return done + before + damage + kept;
  }

  private static String whatStays(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      String names =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !name.equals("lock") && !name.equals("state"))
              .sorted()
              .limit(NAMED)
              .collect(Collectors.joining(", "));
      return names.isEmpty() ? "" : ", without records, for what else is in it: " + names;
    } catch (IOException e) {
      throw QueueSelection.failed(e, directory);
    }
  }
}
