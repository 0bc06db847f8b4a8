package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.queue.QueueStatus.State;
import io.forebay.agent.queue.Sentences;
import io.forebay.agent.terminal.Amounts;
import io.forebay.agent.terminal.ProgressBar;
import io.forebay.queue.Damage;
import io.forebay.queue.QueueCheck;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** {@code forebay queue check}. */
@Command(
    name = "check",
    description = {
      "Read every frame of queues and compare its checksums. Without QUEUE, all queues of the pipeline file, one"
          + " that was not made yet included.",
      "Safe beside a running agent: a frame that is still being written, or a segment that was delivered and"
          + " removed on the way, is no damage.",
      "",
      "Exit code 0: well. 1: damage that touches what is still to be delivered. 2: one cannot be read, or is gone."
    })
final class QueueCheckCommand implements Callable<Integer> {

  private final CommandContext context;
  private boolean absent;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "QUEUE",
      description = "A queue's directory, or with -c its node.")
  List<String> queues = new ArrayList<>();

  @Mixin JsonOption json = new JsonOption();

  QueueCheckCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (queues.isEmpty() && options.config == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "name a queue's directory, or a pipeline file with -c");
    }
    QueueSelection selection = new QueueSelection(context, options);
    int exitCode = ExitCode.OK.value();
    for (QueueLocation location : queues.isEmpty() ? selection.all() : List.<QueueLocation>of()) {
      exitCode = Math.max(exitCode, tell(location).value());
    }
    for (String name : queues) {
      exitCode = Math.max(exitCode, tell(selection, name).value());
    }
    if (absent && !json.wanted) {
      selection.known().noteWhereNoAgentRan();
    }
    return exitCode;
  }

  /** A wrong name keeps nobody from the others. */
  private ExitCode tell(QueueSelection selection, String name) {
    try {
      QueueLocation location = selection.find(Kind.QUEUE, name);
      return tell(location.node().isEmpty() ? selection.existing(Kind.QUEUE, name) : location);
    } catch (CommandFailure e) {
      context.err().println(context.errStyle().red("forebay: ") + e.sentence());
      return e.exitCode();
    }
  }

  private ExitCode tell(QueueLocation location) {
    QueueStatus status = QueueStatus.of(location);
    String trouble = status.trouble();
    if (trouble != null) {
      return fail(location, status.state(), trouble);
    }
    if (status.state() == State.ABSENT) {
      absent = true;
      print(location, State.ABSENT, out -> out.writeBooleanProperty("well", true));
      if (!json.wanted) {
        context.out().println(location.title() + ": no queue at " + location.directory() + " yet");
      }
      return ExitCode.OK;
    }
    try {
      QueueCheck check = check(location);
      print(
          location,
          status.state(),
          out -> {
            QueueJson.check(out, check);
            QueueJson.note(out, status);
          });
      if (!json.wanted) {
        print(location, check, context.out());
        String note = status.note();
        if (note != null) {
          context.out().println("  " + context.outStyle().yellow(note));
        }
      }
      context.out().flush();
      return check.well() ? ExitCode.OK : ExitCode.FAILURE;
    } catch (IOException e) {
      return fail(location, State.UNREADABLE, Sentences.of(e, location.directory()));
    }
  }

  private ExitCode fail(QueueLocation location, State state, String trouble) {
    print(
        location,
        state,
        out -> {
          out.writeBooleanProperty("well", false);
          out.writeStringProperty("trouble", trouble);
        });
    context.err().println(context.errStyle().red("forebay: ") + location.title() + ": " + trouble);
    return ExitCode.USAGE;
  }

  /** Where JSON is asked for. */
  private void print(QueueLocation location, State state, Consumer<JsonGenerator> content) {
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    QueueJson.location(out, location);
                    QueueJson.state(out, state);
                    content.accept(out);
                  }));
      context.out().flush();
    }
  }

  private QueueCheck check(QueueLocation location) throws IOException {
    QueueInspector inspector = new QueueInspector(location.directory());
    QueueSummary summary = inspector.summary();
    try (ProgressBar bar =
        new ProgressBar(
            context.err(),
            context.errIsTerminal(),
            "checking " + location.title(),
            summary.diskBytes(),
            System::nanoTime)) {
      return inspector.check(bar::at);
    }
  }

  private void print(QueueLocation location, QueueCheck check, PrintWriter out) {
    String verdict =
        check.well() ? context.outStyle().green("well") : context.outStyle().red("DAMAGED");
    out.println(
        location.title()
            + ": "
            + verdict
            + ", "
            + Amounts.count(check.frames(), "sound frame")
            + ", "
            + Amounts.count(check.undelivered(), "record")
            + " to be delivered, "
            + Amounts.bytes(check.segmentBytes())
            + " read");
    for (Damage damage : check.listed()) {
      out.println("  " + describe(damage));
    }
    if (check.damages() > check.listed().size()) {
      out.println("  and " + Amounts.count(check.damages() - check.listed().size()) + " more");
    }
    if (!check.stateSound()) {
      out.println("  no sound state file: every record on disk comes again with the next start");
    }
    if (check.tailBytes() > 0 && new QueueInspector(location.directory()).holder().isEmpty()) {
      out.println(
          "  "
              + Amounts.bytes(check.tailBytes())
              + " at the end are no record: a crash cut them off before they were safe");
    }
    if (check.lostRecords() > 0) {
      boolean waits = check.listed().stream().anyMatch(Damage::isUnreadable);
      out.println(
          "  "
              + Amounts.count(check.lostRecords(), "record")
              + " cannot be read; an agent "
              + (waits
                  ? "waits where it is the disk that does not read. To leave them out"
                  : "skips and counts them, and delivers the rest. To do so")
              + " now, and to keep the damaged bytes: forebay queue repair "
              + location.directory());
    }
  }

  /** Of a damage, a line for people. */
  static String describe(Damage damage) {
    StringBuilder line = new StringBuilder();
    line.append(damage.file());
    if (damage.bytes() > 0) {
      line.append(" at offset ").append(damage.offset()).append(", ");
      line.append(Amounts.bytes(damage.bytes()));
    }
    line.append(": ").append(damage.what());
    if (damage.fromSequence() < damage.toSequence()) {
      line.append("; records ").append(damage.fromSequence());
      line.append(" to ").append(damage.toSequence() - 1).append(", of which ");
      line.append(
          damage.undelivered() == 0
              ? "none was still to be delivered"
              : Amounts.count(damage.undelivered()) + " to be delivered");
    }
    return line.toString();
  }
}
