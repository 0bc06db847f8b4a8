package io.forebay.agent.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Asks before something that cannot be taken back. */
final class Confirmation {

  private final CommandContext context;

  Confirmation(CommandContext context) {
    this.context = context;
  }

  /**
   * Asks, and takes anything but yes for no.
   *
   * @throws CommandFailure when nobody can be asked
   */
  boolean ask(String question) {
    if (!context.inIsTerminal()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          question
              + " Standard input is not a terminal, so nobody can answer: add --yes to do it. Nothing was"
              + " changed");
    }
    context.err().print(question + " [y/N] ");
    context.err().flush();
    try {
      String answer =
          new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8))
              .readLine();
      String said = answer == null ? "" : answer.strip().toLowerCase(Locale.ROOT);
      return said.equals("y") || said.equals("yes");
    } catch (IOException e) {
      return false;
    }
  }
}
