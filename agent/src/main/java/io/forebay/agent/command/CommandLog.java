package io.forebay.agent.command;

import io.forebay.agent.logging.LogConfigurator;

/** How much of the log a command shows among what it prints itself. */
final class CommandLog {

  private CommandLog() {}

  /**
   * Shows only what is at least as grave, unless the user has asked for a level.
   *
   * @param level as {@code FOREBAY_LOG_LEVEL} has it
   */
  static void quiet(CommandContext context, String level) {
    if (context.environment().apply("FOREBAY_LOG_LEVEL") == null) {
      LogConfigurator.setLevel(level);
    }
  }
}
