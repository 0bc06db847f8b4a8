package io.forebay.source.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @TempDir Path directory;

  private TreeSet<String> walk(String pattern) {
    TreeSet<String> found = new TreeSet<>();
    Glob.parse(directory + "/" + pattern)
        .walk(
            new Glob.Visitor() {
              @Override
              public void candidate(Path path) {
                found.add(directory.relativize(path).toString());
              }

              @Override
              public void unreadable(Path unreadable, IOException why) {
                throw new AssertionError(unreadable.toString(), why);
              }
            });
    return found;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a.log          | a.log
          *.log          | .hidden.log a.log b.log
          [b-z].log      | b.log
          ?.{log,txt}    | a.log b.log c.txt
          *.*            | .hidden.log a.log b.log c.txt
          x/**           | x/d.log x/y/e.log x/y/z/f.log
          **/*.log       | .hidden.log a.log b.log x/d.log x/y/e.log x/y/z/f.log
          **/y/**/*.log  | x/y/e.log x/y/z/f.log
          x/*/e.log      | x/y/e.log
          none/*.log     |
          a.log/*.log    |
          """)
  void walks_to_what_it_matches(String pattern, String expected) throws IOException {
    for (String name :
        List.of("a.log", "b.log", "c.txt", ".hidden.log", "x/d.log", "x/y/e.log", "x/y/z/f.log")) {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
    List<String> wanted = new ArrayList<>();
    if (expected != null) {
      wanted.addAll(List.of(expected.split(" ")));
    }
    assertThat(walk(pattern).stream().filter(name -> Files.isRegularFile(directory.resolve(name))))
        .containsExactlyInAnyOrderElementsOf(wanted);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/*.log,      /a/b.log,     true",
    "/a/*.log,      /a/b/c.log,   false",
    "/a/**/*.log,   /a/c.log,     true",
    "/a/**/*.log,   /a/b/b/c.log, true",
    "/a/**,         /a/b/c,       true",
    "/a/**,         /a,           false",
    "*.gz,          /any/x.gz,    true",
    "*.gz,          /any.gz/x,    false",
    "**,            /any/x,       true",
  })
  void matches_what_it_would_walk_to(String pattern, String path, boolean expected) {
    assertThat(Glob.parse(pattern).matches(Path.of(path))).isEqualTo(expected);
  }
}
