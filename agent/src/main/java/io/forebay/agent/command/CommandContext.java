package io.forebay.agent.command;

import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
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
 * @param in standard input
 * @param out standard output
 * @param data standard output for bytes, not buffered; tells when nobody reads it any more, which
 *     {@code out} does not
 * @param err standard error
 * @param inIsTerminal whether somebody can be asked
 * @param outIsTerminal whether somebody looks at {@code out}, so that a live view makes sense
 * @param errIsTerminal whether somebody looks at {@code err}
 * @param outStyle how to colour what goes to {@code out}
 * @param errStyle how to colour what goes to {@code err}
 */
public record CommandContext(
    Function<String, @Nullable String> environment,
    Supplier<ComponentRegistry> registry,
    InputStream in,
    PrintWriter out,
    OutputStream data,
    PrintWriter err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Style outStyle,
    Style errStyle) {

  /**
   * The process's own. The launcher says by {@code forebay.terminal.in}, {@code
   * forebay.terminal.out} and {@code forebay.terminal.err} what is a terminal, since Java 17 cannot
   * tell one stream from the other.
   */
  public static CommandContext ofProcess() {
    boolean outIsTerminal = Boolean.getBoolean("forebay.terminal.out");
    boolean errIsTerminal = Boolean.getBoolean("forebay.terminal.err");
    boolean coloursWelcome = Style.isWelcome(System::getenv);
    return new CommandContext(
        System::getenv,
        ComponentRegistry::load,
        System.in,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new FileOutputStream(FileDescriptor.out),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Boolean.getBoolean("forebay.terminal.in"),
        outIsTerminal,
        errIsTerminal,
        new Style(outIsTerminal && coloursWelcome),
        new Style(errIsTerminal && coloursWelcome));
  }
}
