package io.forebay.agent.command;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line, put together. */
public final class ForebayCommandLine {

  private static final Logger log = LoggerFactory.getLogger(ForebayCommandLine.class);
  private static final int USAGE_WIDTH = 100;

  private ForebayCommandLine() {}

  /** A command line to be executed once; reports everything by its exit code, never by throwing. */
  public static CommandLine create(CommandContext context) {
    CommandLine commandLine =
        new CommandLine(new ForebayCommand())
            .addSubcommand(new RunCommand(context))
            .addSubcommand(new ValidateCommand(context))
            .addSubcommand(new GraphCommand(context))
            .addSubcommand(new NodesCommand(context))
            .addSubcommand(QueueCommand.create(context))
            .addSubcommand(new RehearseCommand(context))
            .addSubcommand(new DemoCommand(context))
            .addSubcommand(new VersionCommand(context))
            .addSubcommand(new TrainClassArchiveCommand(context));

    headings(commandLine);
    commandLine
        .registerConverter(long.class, new WholeNumberConverter())
        .registerConverter(Long.class, new WholeNumberConverter())
        .registerConverter(Duration.class, new DurationConverter())
        .setOut(context.out())
        .setErr(context.err())
        .setColorScheme(Help.defaultColorScheme(context.outStyle().coloured() ? Ansi.ON : Ansi.OFF))
        .setUsageHelpWidth(USAGE_WIDTH)
        .setUsageHelpLongOptionsMaxWidth(28)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, args) -> usageError(context, e))
        .setExecutionExceptionHandler((e, line, result) -> failure(context, e, result));
    return commandLine;
  }

  private static void headings(CommandLine parent) {
    for (CommandLine command : parent.getSubcommands().values()) {
      command
          .getCommandSpec()
          .usageMessage()
          .parameterListHeading("%nArguments:%n")
          .optionListHeading("%nOptions:%n");
      headings(command);
    }
  }

  private static int usageError(CommandContext context, ParameterException e) {
    context.err().println(prefix(context) + e.getMessage());
    if (e instanceof UnmatchedArgumentException unmatched) {
      unmatched
          .getSuggestions()
          .forEach(similar -> context.err().println("  did you mean: " + similar));
    }
    context
        .err()
        .println("  see: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE.value();
  }

  private static int failure(CommandContext context, Exception e, ParseResult result) {
    if (e instanceof CommandFailure failure) {
      context.err().println(prefix(context) + failure.sentence());
      log.debug("{} ended", result.commandSpec().qualifiedName(), e);
      return failure.exitCode().value();
    }
    context
        .err()
        .println(
            prefix(context)
                + "unexpected failure: "
                + e
                + "\n  this is a defect; FOREBAY_LOG_LEVEL=debug shows where it happened");
    log.debug("unexpected failure", e);
    return ExitCode.FAILURE.value();
  }

  private static String prefix(CommandContext context) {
    return context.errStyle().red("forebay: ");
  }
}
