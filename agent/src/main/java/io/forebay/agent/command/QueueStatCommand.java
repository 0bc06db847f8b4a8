package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.QueueLocation.Kind;
import io.forebay.agent.queue.QueueRoom;
import io.forebay.agent.queue.QueueStatus;
import io.forebay.agent.terminal.Amounts;
import io.forebay.queue.QueueOptions;
import io.forebay.queue.QueueSummary;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code forebay queue stat}. */
@Command(
    name = "stat",
    description = {
      "Say how a queue stands, from its state and the heads of its files.",
      "Safe beside a running agent."
    })
final class QueueStatCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();
  @Mixin QueueConfigOptions options = new QueueConfigOptions();

  @Parameters(paramLabel = "QUEUE", description = "A queue's directory, or with -c its node.")
  String queue = "";

  @Mixin JsonOption json = new JsonOption();

  QueueStatCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    QueueSelection selection = new QueueSelection(context, options);
    QueueLocation location = selection.existing(Kind.QUEUE, queue);
    QueueStatus status = QueueStatus.of(location);
    String trouble = status.trouble();
    if (trouble != null) {
      throw new CommandFailure(ExitCode.USAGE, trouble);
    }
    QueueSummary summary = status.summary();
    if (json.wanted) {
      context
          .out()
          .print(
              QueueJson.object(
                  out -> {
                    QueueJson.status(out, status);
                    QueueJson.room(out, selection.room(status));
                  }));
    } else if (summary != null) {
      print(status, summary, selection.room(status), context.out());
    }
    context.out().flush();
    return ExitCode.OK.value();
  }

  private static void print(
      QueueStatus status, QueueSummary summary, @Nullable QueueRoom room, PrintWriter out) {
    row(out, "directory", summary.directory().toString());
    row(
        out,
        "in use",
        status.holder().isPresent() ? "by process " + status.holder().getAsLong() : "no");
    row(out, "records", Amounts.count(summary.records()) + " to be delivered");
    row(out, "bytes", Amounts.bytes(summary.backlogBytes()) + " of frames hold them");
    row(out, "on disk", onDisk(status, summary));
    if (room != null) {
      row(out, "left", Amounts.bytes(room.bytes()) + " until " + room.bound());
    }
    if (summary.oldestMillis() != 0) {
      Instant oldest = Instant.ofEpochMilli(summary.oldestMillis());
      row(
          out,
          "oldest",
          oldest.truncatedTo(ChronoUnit.SECONDS)
              + ", "
              + Amounts.age(Duration.between(oldest, Instant.now()))
              + " ago");
    }
    row(
        out,
        "numbers",
        "delivered below " + summary.frontier() + ", next is " + summary.nextSequence());
    row(out, "epoch", Long.toHexString(summary.epoch()));
    if (summary.truncatedBelow() > 0) {
      row(out, "truncated", "undelivered records below " + summary.truncatedBelow() + " made room");
    }
    if (!summary.stateSound()) {
      row(out, "state", "no sound state file: every record on disk comes again");
    }
    if (summary.tailBytes() > 0) {
      row(
          out,
          "tail",
          Amounts.bytes(summary.tailBytes())
              + (status.holder().isPresent()
                  ? " at the end, being written"
                  : " at the end are no record: a crash cut them off"));
    }
    if (!summary.evidence().isEmpty()) {
      row(out, "evidence", String.join(", ", summary.evidence()));
    }
  }

  private static String onDisk(QueueStatus status, QueueSummary summary) {
    QueueOptions known = status.location().options();
    return Amounts.bytes(summary.diskBytes())
        + " in "
        + Amounts.count(summary.segments(), "segment")
        + (known == null ? "" : ", of " + Amounts.bytes(known.maxBytes()) + " (max_byte_size)");
  }

  private static void row(PrintWriter out, String name, String value) {
    out.println(name + " ".repeat(11 - name.length()) + value);
  }
}
