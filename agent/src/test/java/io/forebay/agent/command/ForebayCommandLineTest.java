package io.forebay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForebayCommandLineTest {

  private final CommandRun commands = new CommandRun();

  @Test
  void noCommand_showsHelp_asUsageError() {
    assertThat(commands.execute()).isEqualTo(2);
    assertThat(commands.err()).contains("Usage: forebay").contains("Commands:");
  }

  @Test
  void help_goesToStandardOutput() {
    assertThat(commands.execute("--help")).isZero();
    assertThat(commands.out()).contains("Usage: forebay").doesNotContain("\u001b");
  }

  @Test
  void version_namesProgramAndJava() {
    assertThat(commands.execute("version")).isZero();
    assertThat(commands.out()).startsWith("forebay ").contains(Runtime.version().toString());
  }

  @Test
  void unknownCommand_isAUsageError_withAPointer() {
    assertThat(commands.execute("versoin")).isEqualTo(2);
    assertThat(commands.err()).contains("versoin").contains("--help").doesNotContain("\tat ");
  }

  @Test
  void unknownOption_suggestsASimilarOne() {
    assertThat(commands.execute("--versio")).isEqualTo(2);
    assertThat(commands.err()).contains("did you mean: --version");
  }
}
