package io.forebay.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/SETTINGS.md} names every key of the {@code settings} block, in its order. */
class SettingsDocumentationTest {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

  @Test
  void theTableIsTheList() throws IOException {
    Matcher rows = ROW.matcher(Files.readString(Path.of("..", "docs", "SETTINGS.md")));
    List<String> documented = new ArrayList<>();
    while (rows.find()) {
      documented.add(rows.group(1));
    }

    assertThat(documented).isEqualTo(names("", KeyDescription.of(AgentSettings.class)));
  }

  private static List<String> names(String before, List<KeyDescription> keys) {
    List<String> names = new ArrayList<>();
    for (KeyDescription key : keys) {
      if (key.nested().isEmpty()) {
        names.add(before + key.name());
      } else {
        names.addAll(names(before + key.name() + ".", key.nested()));
      }
    }
    return names;
  }
}
