package io.forebay.agent.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay queue dead-letters} without a command: shows what there is. */
@Command(
    name = "dead-letters",
    description = {
      "See what a receiver rejected and why, send it again, or remove it.",
      "",
      "A dead letter is {\"dead_letter\":{\"node\":…,\"reason\":…,\"attempts\":…,\"at\":…},\"item\":{…}}. LETTERS is"
          + " their directory, or with -c the node."
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class DeadLettersCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  /** The command with all its subcommands. */
  static CommandLine create(CommandContext context) {
    return new CommandLine(new DeadLettersCommand())
        .addSubcommand(new DeadLettersListCommand(context))
        .addSubcommand(new DeadLettersCatCommand(context))
        .addSubcommand(new DeadLettersReplayCommand(context))
        .addSubcommand(new DeadLettersPurgeCommand(context));
  }

  @Override
  public Integer call() {
    CommandLine commandLine = spec.commandLine();
    commandLine.usage(commandLine.getErr());
    return ExitCode.USAGE.value();
  }
}
