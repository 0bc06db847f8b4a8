package io.forebay.agent.command;

import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Runs commands in this process and keeps what they print. */
final class CommandRun {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();
  private String in = "";
  private boolean asked;
  private final Map<String, String> environment = new HashMap<>();

  CommandRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Somebody sits at the terminal and types this. */
  CommandRun answering(String text) {
    in = text;
    asked = true;
    return this;
  }

  int execute(String... args) {
    CommandContext context =
        new CommandContext(
            environment::get,
            ComponentRegistry::load,
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out, true, StandardCharsets.UTF_8),
            out,
            new PrintWriter(err, true),
            asked,
            false,
            false,
            Style.PLAIN,
            Style.PLAIN);
    return ForebayCommandLine.create(context).execute(args);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString();
  }
}
