package io.forebay.destination.encoding;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.FieldPath;
import io.forebay.core.item.FieldPath.Root;
import io.forebay.destination.encoding.PayloadTemplate.Form;
import io.forebay.destination.encoding.PayloadTemplate.Part;
import io.forebay.destination.encoding.PayloadTemplate.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text of a {@link PayloadTemplate}. */
final class PayloadParser {

  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";
  private static final int MAX_TOKENS = 64;

  /** A quoted text, a word, or a single character of meaning; whatever else is an error. */
  private static final Pattern TOKEN =
      Pattern.compile("\\s*(\"[^\"]*\"|`[^`]*`|[A-Za-z0-9_.@/-]+|[()|])\\s*");

  private final String action;
  private final List<String> tokens;
  private int next;

  private PayloadParser(String action) {
    this.action = action;
    this.tokens = tokens(action);
  }

  /**
   * The parts of a template.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  static List<Part> parse(String text) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
      int close = text.indexOf(CLOSE, open);
      if (close < 0) {
        throw new IllegalArgumentException("'" + shown(text.substring(open)) + "' has no }}");
      }
      ByteSlice before = ByteSlice.utf8(text.substring(at, open));
      parts.add(new PayloadParser(text.substring(open + OPEN.length(), close)).part(before));
      at = close + CLOSE.length();
    }
    parts.add(new Part(ByteSlice.utf8(text.substring(at)), null, Form.PLAIN));
    return parts;
  }

  private Part part(ByteSlice before) {
    Part part = pipeline(before);
    if (next < tokens.size()) {
      throw unknown();
    }
    return part;
  }

  private Part pipeline(ByteSlice before) {
    Part part = command(before);
    while (peek().equals("|")) {
      next++;
      part = formed(part, take());
    }
    return part;
  }

  private Part command(ByteSlice before) {
    String word = take();
    return switch (word) {
      case "js", "json" -> formed(operand(before, take()), word);
      case "index" -> {
        List<String> names = new ArrayList<>(path(take()));
        while (isQuoted(peek())) {
          String name = take();
          names.add(name.substring(1, name.length() - 1));
        }
        yield new Part(before, source(names), Form.PLAIN);
      }
      default -> operand(before, word);
    };
  }

  private Part operand(ByteSlice before, String word) {
    if (!word.equals("(")) {
      return new Part(before, source(path(word)), Form.PLAIN);
    }
    Part inner = pipeline(before);
    if (!take().equals(")")) {
      throw unknown();
    }
    return inner;
  }

  private Part formed(Part part, String function) {
    if (part.form() != Form.PLAIN) {
      throw unknown();
    }
    return switch (function) {
      case "js" -> new Part(part.text(), part.source(), Form.JS);
      case "json" -> new Part(part.text(), part.source(), Form.JSON);
      default -> throw unknown();
    };
  }

  private List<String> path(String word) {
    if (!word.equals(".item") && !word.startsWith(".item.")) {
      throw unknown();
    }
    List<String> names = new ArrayList<>(Arrays.asList(word.substring(1).split("\\.", -1)));
    names.remove(0);
    if (names.contains("")) {
      throw unknown();
    }
    return names;
  }

  private Source source(List<String> names) {
    if (names.isEmpty()) {
      return new Source.WholeItem();
    }
    String first = names.get(0);
    List<String> keys = names.subList(1, names.size());
    if (first.equals("timestamp") && keys.isEmpty()) {
      return new Source.Timestamp();
    }
    if (first.equals("_type") && keys.isEmpty()) {
      return new Source.Kind();
    }
    FieldPath field;
    try {
      field = FieldPath.parse(first);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
    Root root = field.root();
    if (!keys.isEmpty() && !root.isMap()) {
      throw unknown();
    }
    return new Source.Field(new FieldPath(root, keys));
  }

  private String peek() {
    return next < tokens.size() ? tokens.get(next) : "";
  }

  private String take() {
    if (next == tokens.size()) {
      throw unknown();
    }
    return tokens.get(next++);
  }

  private List<String> tokens(String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    int at = 0;
    while (at < text.length()) {
      matcher.region(at, text.length());
      if (!matcher.lookingAt() || found.size() == MAX_TOKENS) {
        throw unknown();
      }
      found.add(matcher.group(1));
      at = matcher.end();
    }
    return found;
  }

  private static boolean isQuoted(String token) {
    return token.startsWith("\"") || token.startsWith("`");
  }

  private IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "'{{"
            + shown(action)
            + "}}' is not understood; write {{ .item.body }}, {{ .item.timestamp }},"
            + " {{ .item.severity_text }}, {{ index .item.attributes \"NAME\" }} or"
            + " {{ index .item.resource \"NAME\" }}, with js or json before it to escape it");
  }

  private static String shown(String text) {
    String cut = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return cut.replaceAll("\\p{Cntrl}", " ");
  }
}
