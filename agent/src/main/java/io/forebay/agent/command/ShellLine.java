package io.forebay.agent.command;

import java.util.List;
import java.util.stream.Collectors;

/** A command line that a user can copy into a shell. */
final class ShellLine {

  private ShellLine() {}

  static String of(List<String> words) {
    return words.stream().map(ShellLine::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
