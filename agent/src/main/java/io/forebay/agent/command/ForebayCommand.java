package io.forebay.agent.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code forebay} without a command: shows what there is. */
@Command(
    name = "forebay",
    versionProvider = Version.class,
    description = {
      "A telemetry agent whose sender owns durability: acknowledged means durable.",
      "",
      "Try @|bold forebay demo|@ first, then @|bold forebay validate FILE|@ and @|bold forebay run -c FILE|@."
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {"", "Exit codes and environment variables: docs/CLI.md."})
final class ForebayCommand implements Callable<Integer> {

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine commandLine = spec.commandLine();
    commandLine.usage(commandLine.getErr());
    return ExitCode.USAGE.value();
  }
}
