package io.forebay.agent.command;

import picocli.CommandLine.Option;

/** {@code --json}, where what a command has to say can be read by a program too. */
final class JsonOption {

  @Option(names = "--json", description = "Print JSON.")
  boolean wanted;
}
