package io.forebay.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file's text, kept so that problems can show the line they speak of.
 *
 * @param file its name, for messages
 */
public record SourceText(String file, String text) {

  /** Reads a file; empty after a problem was reported. Files over 1 MiB are refused. */
  public static Optional<SourceText> read(Path path, Problems problems) {
    try {
      return Optional.of(SourceReader.read(path));
    } catch (UnreadableSourceException e) {
      e.reportTo(problems);
      return Optional.empty();
    }
  }

  /** The lines, without their ends. */
  List<String> lines() {
    return text.lines().toList();
  }

  @Override
  public String toString() {
    return file;
  }
}
