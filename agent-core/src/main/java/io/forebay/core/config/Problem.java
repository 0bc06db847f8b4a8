package io.forebay.core.config;

import org.jspecify.annotations.Nullable;

/**
 * Something wrong or doubtful in a pipeline file. Holds no secret.
 *
 * @param file the file's name as it was given
 * @param line counted from 1; 0 when the file as a whole is meant
 * @param column counted from 1; 0 when the line as a whole is meant
 * @param node name of the node concerned, or null
 * @param message what is wrong, without a full stop
 * @param suggestion how to mend it, or null
 */
public record Problem(
    String file,
    int line,
    int column,
    @Nullable String node,
    Severity severity,
    String message,
    @Nullable String suggestion) {

  /** Whether the pipeline can run all the same. */
  public enum Severity {
    NOTE,
    WARNING,
    ERROR
  }

  /** {@code file:line:column: error: node 'x': message}, as compilers print it. */
  String headline() {
    StringBuilder line = new StringBuilder(file);
    if (this.line > 0) {
      line.append(':').append(this.line);
      if (column > 0) {
        line.append(':').append(column);
      }
    }
    line.append(
        switch (severity) {
          case NOTE -> ": note: ";
          case WARNING -> ": warning: ";
          case ERROR -> ": error: ";
        });
    if (node != null) {
      line.append("node ").append(Quoted.of(node)).append(": ");
    }
    return line.append(message).toString();
  }

  /** The headline, and the suggestion on a line of its own. */
  @Override
  public String toString() {
    return suggestion == null ? headline() : headline() + "\n  hint: " + suggestion;
  }
}
