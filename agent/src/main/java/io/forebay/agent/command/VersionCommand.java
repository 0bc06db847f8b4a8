package io.forebay.agent.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code forebay version}. */
@Command(
    name = "version",
    description = "Print the version, and the Java and the system that it runs on.")
final class VersionCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();

  VersionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context
        .out()
        .printf(
            "forebay %s%njava    %s (%s)%nsystem  %s %s, %s%n",
            Version.current(),
            Runtime.version(),
            System.getProperty("java.vendor"),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
    return ExitCode.OK.value();
  }
}
