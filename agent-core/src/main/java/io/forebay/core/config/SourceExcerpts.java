package io.forebay.core.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows lines of a source beneath the problems that speak of them, without any secret in them. */
final class SourceExcerpts {

  private static final int MAX_WIDTH = 160;
  private static final int MAX_SEARCHED = 500;
  private static final int MAX_LINES_UP = 200;

  // A file that does not parse has not told yet which of its values are secret; names tell.
  private static final Pattern SENSITIVE =
      Pattern.compile(
          "(?i)(pass(word|wd|phrase)?|secret|token|api[_-]?key|_key|credentials?|authorization|bearer)"
              + "[\\w-]*[\"']?\\s*[:=]|://(?=[^/\\s]*@)|\\b(bearer|basic)\\s");

  private static final Pattern KEY = Pattern.compile("^[\\s-]*[\"']?[\\w.-]+[\"']?\\s*:(\\s.*|$)");

  private final List<String> lines;
  private final Map<Integer, Integer> concealedFrom = new HashMap<>();

  SourceExcerpts(SourceText source) {
    this.lines = source.lines();
  }

  void conceal(Yaml value) {
    if (value instanceof Yaml.Scalar scalar) {
      concealFrom(scalar.position().line(), scalar.position().column());
      for (int line = scalar.position().line() + 1; line <= scalar.lastLine(); line++) {
        concealFrom(line, 1);
      }
    } else if (value instanceof Yaml.Sequence sequence) {
      sequence.items().forEach(this::conceal);
    } else if (value instanceof Yaml.Mapping mapping) {
      mapping.entries().values().forEach(entry -> conceal(entry.value()));
    }
  }

  void concealBehind(Position key, String name) {
    concealFrom(key.line(), key.column() + name.length());
  }

  private void concealFrom(int line, int column) {
    concealedFrom.merge(line, column, Math::min);
  }

  /** The line and a caret beneath, or nothing where there is no line to show. */
  String of(Problem problem) {
    if (problem.line() < 1 || problem.line() > lines.size()) {
      return "";
    }
    String line = lines.get(problem.line() - 1);
    if (continuesSensitive(problem.line())) {
      return "";
    }
    String shown = Quoted.cut(line, visible(line, problem.line()));
    shown = Quoted.printable(Quoted.cut(shown, MAX_WIDTH).replace('\t', ' '));
    if (shown.isBlank()) {
      return "";
    }
    String number = String.format("%5d", problem.line());
    StringBuilder out = new StringBuilder(number).append(" | ").append(shown).append('\n');
    if (problem.column() > 0 && problem.column() <= shown.length() + 1) {
      out.append("      | ").append(" ".repeat(problem.column() - 1)).append("^\n");
    }
    return out.toString();
  }

  /**
   * Whether a line without a key of its own goes on with the value of a key that sounds secret, or
   * of one too far up to tell.
   */
  private boolean continuesSensitive(int number) {
    for (int at = number; at >= Math.max(1, number - MAX_LINES_UP); at--) {
      String line = searched(lines.get(at - 1));
      if (KEY.matcher(line).matches()) {
        return at < number && SENSITIVE.matcher(line).find();
      }
    }
    return number > MAX_LINES_UP;
  }

  // Patterns may take the square of a line's length; no line that people write is this long.
  private static String searched(String line) {
    return Quoted.cut(line, MAX_SEARCHED);
  }

  private int visible(String line, int number) {
    int end = Math.min(line.length(), concealedFrom.getOrDefault(number, line.length() + 1) - 1);
    Matcher matcher = SENSITIVE.matcher(searched(line));
    if (matcher.find()) {
      end = Math.min(end, matcher.end());
    }
    return Math.max(0, end);
  }
}
