package io.forebay.core.config;

import io.forebay.core.config.Problem.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with one file, so that all of it can be said at once. Bounded: past
 * {@value #MAX_KEPT} problems only their number is kept. Not thread safe.
 */
public final class Problems {

  private static final int MAX_KEPT = 500;
  private static final int MAX_LENGTH = 2000;
  private static final Comparator<Problem> IN_ORDER =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

  private final SourceExcerpts excerpts;
  private final String file;
  private final List<Problem> kept = new ArrayList<>();
  private int errors;
  private int warnings;

  public Problems(SourceText source) {
    this.file = source.file();
    this.excerpts = new SourceExcerpts(source);
  }

  /** Notes something that keeps the pipeline from running. */
  public void error(
      Position position, @Nullable String node, String message, @Nullable String suggestion) {
    errors++;
    keep(Severity.ERROR, position, node, message, suggestion);
  }

  /** Notes a name that does not exist, and guesses which of the known ones was meant. */
  public void unknown(
      Position position,
      @Nullable String node,
      String message,
      String written,
      Collection<String> known) {
    // A guess is dear, so none is made for a problem that is not kept.
    String suggestion = kept.size() < MAX_KEPT ? Suggestions.of(written, known) : null;
    error(position, node, message, suggestion);
  }

  /** Notes something that should be looked at. */
  public void warning(
      Position position, @Nullable String node, String message, @Nullable String suggestion) {
    warnings++;
    keep(Severity.WARNING, position, node, message, suggestion);
  }

  /** Notes something that is as it should be and yet good to know. */
  public void note(
      Position position, @Nullable String node, String message, @Nullable String suggestion) {
    warnings++;
    keep(Severity.NOTE, position, node, message, suggestion);
  }

  private void keep(
      Severity severity,
      Position position,
      @Nullable String node,
      String message,
      @Nullable String suggestion) {
    if (kept.size() < MAX_KEPT) {
      kept.add(
          new Problem(
              file,
              position.line(),
              position.column(),
              node,
              severity,
              fit(message),
              suggestion == null ? null : fit(suggestion)));
    }
  }

  private static String fit(String text) {
    return Quoted.printable(Quoted.cut(Quoted.withoutCredentials(text), MAX_LENGTH));
  }

  /** Keeps a value out of every excerpt. */
  public void conceal(Yaml value) {
    excerpts.conceal(value);
  }

  /** Keeps out of every excerpt what stands behind a key that nobody reads. */
  public void concealValueOf(Yaml.Entry entry) {
    excerpts.concealBehind(entry.position(), entry.key());
    excerpts.conceal(entry.value());
  }

  public boolean hasErrors() {
    return errors > 0;
  }

  int errorCount() {
    return errors;
  }

  /** Problems in the order of the file. */
  public List<Problem> all() {
    return kept.stream().sorted(IN_ORDER).toList();
  }

  public List<Problem> errors() {
    return all().stream().filter(problem -> problem.severity() == Severity.ERROR).toList();
  }

  public List<Problem> warnings() {
    return all().stream().filter(problem -> problem.severity() == Severity.WARNING).toList();
  }

  /**
   * All problems as text for a terminal, each with the line it speaks of and a caret beneath; empty
   * when there are none. Ends with a line feed.
   */
  public String render() {
    StringBuilder out = new StringBuilder();
    for (Problem problem : all()) {
      out.append(problem.headline()).append('\n');
      out.append(excerpts.of(problem));
      String suggestion = problem.suggestion();
      if (suggestion != null) {
        out.append("  hint: ").append(suggestion).append('\n');
      }
    }
    int more = errors + warnings - kept.size();
    if (more > 0) {
      out.append(file).append(": and ").append(more).append(" more problems\n");
    }
    return out.toString();
  }

  @Override
  public String toString() {
    return render();
  }
}
