package io.forebay.agent;

import io.forebay.agent.command.CommandContext;
import io.forebay.agent.command.ForebayCommandLine;
import io.forebay.agent.logging.JulForwarder;

/** The program. Everything else is in {@link ForebayCommandLine}. */
public final class Main {

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    JulForwarder.install();
    System.exit(ForebayCommandLine.create(CommandContext.ofProcess()).execute(args));
  }
}
