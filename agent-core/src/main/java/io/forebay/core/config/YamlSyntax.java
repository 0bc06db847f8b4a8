package io.forebay.core.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Places and complaints of the YAML parser, in this package's terms and in plain words. */
final class YamlSyntax {

  private YamlSyntax() {}

  static Position start(Event event) {
    return position(event.getStartMark());
  }

  /** The last line that holds characters of the event. */
  static int lastLine(Event event) {
    Position end = position(event.getEndMark());
    return end.column() <= 1 ? end.line() - 1 : end.line();
  }

  private static Position position(Optional<Mark> mark) {
    return mark.map(m -> new Position(m.getLine() + 1, m.getColumn() + 1)).orElse(Position.FILE);
  }

  static UnreadableSourceException explain(YamlEngineException e) {
    if (!(e instanceof MarkedYamlEngineException marked)) {
      return problem(Position.FILE, "is no YAML: " + text(e.getMessage()), null);
    }
    String context = text(marked.getContext());
    String what = text(marked.getProblem());
    Position at = position(marked.getProblemMark());
    Position begun = position(marked.getContextMark());
    if (what.contains("TAB")) {
      return problem(at, "a tab stands where YAML wants spaces", "indent with spaces");
    }
    if (what.startsWith("mapping values are not allowed")) {
      return problem(
          at,
          "a ':' is not allowed here",
          "check the indentation; text that holds ': ' needs quotes");
    }
    if (what.startsWith("sequence entries are not allowed")) {
      return problem(
          at, "a '-' is not allowed here", "begin the list on a line of its own, or use quotes");
    }
    if (what.startsWith("expected <block end>")) {
      return what.contains("<scalar>")
          ? problem(at, "text stands behind the end of a value", "put the whole value into quotes")
          : problem(
              at,
              "the indentation fits no block above",
              "the block that began on line " + begun.line() + " has another indentation");
    }
    if (what.contains("end of stream") && context.contains("quoted")) {
      return problem(begun, "the quote that opens here is never closed", null);
    }
    if (what.startsWith("could not find expected ':'")) {
      return problem(begun, "a key without ':' behind it", "write 'key: value'");
    }
    if (what.startsWith("expected ',' or")) {
      String close = what.contains("']'") ? "]" : "}";
      return problem(
          begun,
          "the bracket that opens here is not closed before line " + at.line(),
          "close it with '" + close + "', and put ',' between the values");
    }
    if (what.contains("that cannot start any token")) {
      return problem(
          at,
          what.substring(0, what.indexOf(" that cannot")) + ", which cannot begin a value",
          "put the value into quotes");
    }
    return problem(at, "is no YAML: " + (context.isEmpty() ? what : context + ": " + what), null);
  }

  private static UnreadableSourceException problem(
      Position position, String message, @Nullable String suggestion) {
    return new UnreadableSourceException(position, message, suggestion);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : Quoted.printable(Quoted.cut(text.strip(), 200));
  }
}
