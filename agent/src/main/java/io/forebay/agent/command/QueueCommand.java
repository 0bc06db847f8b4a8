package io.forebay.agent.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay queue} without a command: shows what there is. */
@Command(
    name = "queue",
    description = {
      "Look into the queues on disk, and mend, move and empty them.",
      "",
      "ls, stat, check, cat and export read, and are safe beside a running agent. The others change a queue, and"
          + " refuse while an agent uses it."
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class QueueCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  /** The command with all its subcommands. */
  static CommandLine create(CommandContext context) {
    return new CommandLine(new QueueCommand())
        .addSubcommand(new QueueListCommand(context))
        .addSubcommand(new QueueStatCommand(context))
        .addSubcommand(new QueueCheckCommand(context))
        .addSubcommand(new QueueCatCommand(context))
        .addSubcommand(new QueueExportCommand(context))
        .addSubcommand(new QueueImportCommand(context))
        .addSubcommand(new QueueRepairCommand(context))
        .addSubcommand(new QueueAdoptCommand(context))
        .addSubcommand(new QueueSkipCommand(context))
        .addSubcommand(new QueuePurgeCommand(context))
        .addSubcommand(new QueueDrainCommand(context))
        .addSubcommand(DeadLettersCommand.create(context));
  }

  @Override
  public Integer call() {
    CommandLine commandLine = spec.commandLine();
    commandLine.usage(commandLine.getErr());
    return ExitCode.USAGE.value();
  }
}
