package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.agent.queue.RecordFilter;
import io.forebay.agent.queue.RecordForm;
import io.forebay.agent.queue.RecordReader;
import io.forebay.agent.queue.RecordReader.ClosedOutputException;
import io.forebay.queue.Damage;
import io.forebay.queue.ScanOptions;
import java.io.IOException;

/** Prints records, and what of them cannot be read; ends quietly when nobody reads them. */
final class RecordPrinter {

  private final CommandContext context;
  private boolean damaged;

  RecordPrinter(CommandContext context) {
    this.context = context;
  }

  /** Gives the exit code. */
  int print(QueueLocation location, ScanOptions options, RecordFilter filter, RecordForm form)
      throws InterruptedException {
    try {
      new RecordReader(location.directory(), options, filter, form, this::tell)
          .copyTo(context.data(), bytes -> {});
    } catch (ClosedOutputException e) {
      if (!isBrokenPipe(e)) {
        throw new CommandFailure(ExitCode.FAILURE, String.valueOf(e.getMessage()), e);
      }
      return ExitCode.OK.value();
    } catch (IOException e) {
      throw QueueSelection.unreadable(e, location.directory());
    }
    return (damaged ? ExitCode.FAILURE : ExitCode.OK).value();
  }

  private void tell(Damage damage) {
    if (damage.undelivered() > 0) {
      damaged = true;
      context
          .err()
          .println(context.errStyle().yellow("forebay: ") + QueueCheckCommand.describe(damage));
    }
  }

  /** {@code forebay queue cat … | head} is no failure. */
  static boolean isBrokenPipe(ClosedOutputException e) {
    return String.valueOf(e.getMessage()).contains("Broken pipe");
  }
}
