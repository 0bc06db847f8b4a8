package io.forebay.agent.command;

import picocli.CommandLine.Option;

/** {@code --help}, the same everywhere. */
final class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
