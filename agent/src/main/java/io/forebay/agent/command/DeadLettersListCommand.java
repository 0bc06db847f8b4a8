package io.forebay.agent.command;

import io.forebay.agent.queue.DeadLetterReasons;
import io.forebay.agent.queue.QueueFinder;
import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.terminal.Amounts;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code forebay queue dead-letters ls}. */
@Command(
    name = "ls",
    description = {
      "Count dead letters by their reason. Without LETTERS, those of all nodes of the pipeline file, or of all"
          + " nodes in the data directory.",
      "Safe beside a running agent."
    })
final class DeadLettersListCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "LETTERS",
      description = "The directory of dead letters, or with -c their node.")
  String letters = "";

  @Mixin DeadLetterFilterOptions filter = new DeadLetterFilterOptions();

  @Mixin JsonOption json = new JsonOption();

  DeadLettersListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    for (QueueLocation location : locations()) {
      try {
        DeadLetterReasons reasons = DeadLetterReasons.read(location.directory(), filter.filter());
        if (json.wanted) {
          printJson(location, reasons);
        } else {
          print(location, reasons, context.out());
        }
      } catch (IOException e) {
        throw QueueSelection.unreadable(e, location.directory());
      }
    }
    context.out().flush();
    return ExitCode.OK.value();
  }

  private List<QueueLocation> locations() {
    QueueSelection selection = new QueueSelection(context, options);
    if (!letters.isEmpty()) {
      return List.of(selection.existing(Kind.DEAD_LETTERS, letters));
    }
    List<QueueLocation> found = new ArrayList<>();
    if (options.config != null) {
      selection.all().stream()
          .filter(location -> location.kind() == Kind.DEAD_LETTERS)
          .filter(location -> QueueStatus.of(location).state() != QueueStatus.State.ABSENT)
          .forEach(found::add);
    } else {
      try {
        found.addAll(
            new QueueFinder(selection::warn)
                .below(
                    selection.dataDirectory().resolve("dead-letters"), selection.dataDirectory()));
      } catch (IOException e) {
        throw QueueSelection.unreadable(e, selection.dataDirectory());
      }
    }
    if (found.isEmpty() && !json.wanted) {
      context.out().println("no dead letters");
      selection.known().noteWhereNoAgentRan();
    }
    return found;
  }

  private static void print(QueueLocation location, DeadLetterReasons reasons, PrintWriter out) {
    out.println(
        (location.node().isEmpty() ? location.directory().toString() : location.node())
            + ": "
            + Amounts.count(reasons.letters(), "dead letter"));
    reasons
        .counts()
        .forEach(
            count ->
                out.println(
                    "  "
                        + Amounts.count(count.letters())
                        + "  "
                        + count.reason()
                        + "  (last "
                        + Instant.ofEpochMilli(count.lastAtMillis()).truncatedTo(ChronoUnit.SECONDS)
                        + ")"));
    if (reasons.otherLetters() > 0) {
      out.println("  " + Amounts.count(reasons.otherLetters()) + "  of other reasons");
    }
  }

  private void printJson(QueueLocation location, DeadLetterReasons reasons) {
    context
        .out()
        .print(
            QueueJson.object(
                out -> {
                  QueueJson.location(out, location);
                  out.writeNumberProperty("letters", reasons.letters());
                  out.writeArrayPropertyStart("reasons");
                  reasons
                      .counts()
                      .forEach(
                          count -> {
                            out.writeStartObject();
                            out.writeStringProperty("reason", count.reason());
                            out.writeNumberProperty("letters", count.letters());
                            out.writeNumberProperty("last_at", count.lastAtMillis());
                            out.writeEndObject();
                          });
                  out.writeEndArray();
                }));
  }
}
