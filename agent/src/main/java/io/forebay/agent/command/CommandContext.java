package io.forebay.agent.command;

import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentRegistry;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a command gets from its surroundings.
 *
 * @param environment a variable's value, or null when it is not set
 * @param registry the node types; loaded when first asked for
 * @param out standard output
 * @param err standard error
 * @param outIsTerminal whether somebody looks at {@code out}, so that a live view makes sense
 * @param outStyle how to colour what goes to {@code out}
 * @param errStyle how to colour what goes to {@code err}
 */
public record CommandContext(
    Function<String, @Nullable String> environment,
    Supplier<ComponentRegistry> registry,
    PrintWriter out,
    PrintWriter err,
    boolean outIsTerminal,
    Style outStyle,
    Style errStyle) {

  /**
   * The process's own. The launcher says by {@code forebay.terminal.out} and {@code
   * forebay.terminal.err} what is a terminal, since Java 17 cannot tell one stream from the other.
   */
  public static CommandContext ofProcess() {
    boolean outIsTerminal = Boolean.getBoolean("forebay.terminal.out");
    boolean errIsTerminal = Boolean.getBoolean("forebay.terminal.err");
    boolean coloursWelcome = Style.isWelcome(System::getenv);
    return new CommandContext(
        System::getenv,
        ComponentRegistry::load,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        outIsTerminal,
        new Style(outIsTerminal && coloursWelcome),
        new Style(errIsTerminal && coloursWelcome));
  }
}
