package io.forebay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.agent.terminal.Style;
import io.forebay.core.component.ComponentRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * Holds {@code docs/CLI.md} to what the program says of itself. {@code -Dforebay.docs.write=true}
 * writes the usage texts anew.
 */
class CliPageTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path PAGE = ROOT.resolve("docs/CLI.md");
  private static final Pattern USAGE =
      Pattern.compile("<!-- usage: (.+?) -->\n```text\n(.*?)```\n", Pattern.DOTALL);

  private final CommandLine commandLine =
      ForebayCommandLine.create(
          new CommandContext(
              name -> null,
              ComponentRegistry::load,
              InputStream.nullInputStream(),
              new PrintWriter(new StringWriter()),
              OutputStream.nullOutputStream(),
              new PrintWriter(new StringWriter()),
              false,
              false,
              false,
              Style.PLAIN,
              Style.PLAIN));

  @Test
  void everyCommand_isShownWithItsUsage() throws IOException {
    String page = Files.readString(PAGE);
    List<String> shown = new ArrayList<>();
    StringBuilder written = new StringBuilder();
    Matcher matcher = USAGE.matcher(page);
    while (matcher.find()) {
      String usage = usage(matcher.group(1));
      shown.add(matcher.group(1));
      matcher.appendReplacement(
          written,
          Matcher.quoteReplacement(
              "<!-- usage: " + matcher.group(1) + " -->\n```text\n" + usage + "```\n"));
    }
    matcher.appendTail(written);
    if (Boolean.getBoolean("forebay.docs.write")) {
      Files.writeString(PAGE, written);
      page = written.toString();
    }

    assertThat(shown).containsExactlyElementsOf(commands());
    assertThat(page)
        .as("write it anew with -Dforebay.docs.write=true")
        .isEqualTo(written.toString());
  }

  @Test
  void everyExitCode_isListed() throws IOException {
    String page = Files.readString(PAGE);

    for (ExitCode code : ExitCode.values()) {
      assertThat(page).contains("| " + code.value() + " | " + code.meaning() + " |");
    }
  }

  @Test
  void everyEnvironmentVariable_isListed() throws IOException {
    String page = Files.readString(PAGE);
    Set<String> used = new TreeSet<>(Set.of("NO_COLOR", "JAVA_HOME"));
    Pattern variable = Pattern.compile("\\bFOREBAY_[A-Z_]+\\b");
    List<Path> sources = new ArrayList<>(List.of(ROOT.resolve("forebay")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("agent/src/main"))) {
      files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
    }
    for (Path source : sources) {
      variable.matcher(Files.readString(source)).results().forEach(hit -> used.add(hit.group()));
    }

    for (String name : used) {
      assertThat(page).contains("| `" + name + "` |");
    }
  }

  private List<String> commands() {
    List<String> names = new ArrayList<>(List.of("forebay"));
    addCommands(commandLine, names);
    return names;
  }

  private static void addCommands(CommandLine parent, List<String> names) {
    for (CommandLine command : parent.getSubcommands().values()) {
      if (!command.getCommandSpec().usageMessage().hidden()) {
        names.add(command.getCommandSpec().qualifiedName());
        addCommands(command, names);
      }
    }
  }

  private String usage(String qualifiedName) {
    CommandLine command = commandLine;
    String[] names = qualifiedName.split(" ");
    for (int i = 1; i < names.length; i++) {
      command = command.getSubcommands().get(names[i]);
      assertThat(command).as(qualifiedName).isNotNull();
    }
    return command.getUsageMessage(Ansi.OFF);
  }
}
