package io.forebay.agent.command;

import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;

/** Runs commands in this process and keeps what they print. */
final class CommandRun {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();

  CommandRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  int execute(String... args) {
    CommandContext context =
        new CommandContext(
            environment::get,
            ComponentRegistry::load,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false,
            Style.PLAIN,
            Style.PLAIN);
    return ForebayCommandLine.create(context).execute(args);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
