package io.forebay.core.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets {@code {{ Env "NAME" }}} stand unquoted, and within double quotes, as pipeline files have
 * it: YAML would take the braces for a mapping and the inner quotes for the end of the text. Each
 * character of a template is replaced by one that YAML does not care for before the file is parsed,
 * one for one so that positions hold, and put back in the values.
 */
final class TemplateMask {

  // At the very end of a private use plane, where no font or file has characters.
  private static final int BASE = 0x10FE00;

  private static final Pattern TEMPLATE =
      Pattern.compile(
          "\\{\\{[ \\t]*(?:Env[ \\t]+\"[^\"\\n]*\"(?:[ \\t]+\"[^\"\\n]*\")?|env:[^\\s{}\"]+|SECRET[ \\t]+[^\\s{}]+)[ \\t]*\\}\\}");

  private TemplateMask() {}

  static boolean isMask(int codePoint) {
    return codePoint >= BASE && codePoint < BASE + 0x80;
  }

  static String mask(String yaml) {
    if (!yaml.contains("{{")) {
      return yaml;
    }
    Matcher matcher = TEMPLATE.matcher(yaml);
    StringBuilder out = new StringBuilder(yaml.length() + 256);
    while (matcher.find()) {
      StringBuilder masked = new StringBuilder();
      matcher.group().codePoints().forEach(c -> masked.appendCodePoint(c < 0x80 ? BASE + c : c));
      matcher.appendReplacement(out, Matcher.quoteReplacement(masked.toString()));
    }
    return matcher.appendTail(out).toString();
  }

  static String unmask(String text) {
    if (text.codePoints().noneMatch(TemplateMask::isMask)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(isMask(c) ? c - BASE : c));
    return out.toString();
  }
}
