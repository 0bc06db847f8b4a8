package io.forebay.agent.command;

/** What the process tells its caller. Listed in {@code docs/CLI.md}. */
public enum ExitCode {
  OK(0, "The command did what it should; `run` and `demo` also after an orderly stop by a signal."),
  FAILURE(
      1,
      "Something failed while running: the log says what. `queue check` and `cat`: found damage. `rehearse`: something would be lost."),
  USAGE(
      2,
      "The command line is wrong, or a queue that it names, or that the pipeline file names, or a file for records, cannot be read or is not there."),
  INVALID_CONFIGURATION(
      3,
      "The pipeline file cannot be read or has errors, or what it names, or the data directory, cannot be used.");

  /** Added to a signal's number when a second signal ends the process at once. */
  public static final int SIGNAL_BASE = 128;

  private final int value;
  private final String meaning;

  ExitCode(int value, String meaning) {
    this.value = value;
    this.meaning = meaning;
  }

  public int value() {
    return value;
  }

  public String meaning() {
    return meaning;
  }
}
