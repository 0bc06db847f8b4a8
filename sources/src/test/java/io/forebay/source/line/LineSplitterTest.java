package io.forebay.source.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

  private final List<String> lines = new ArrayList<>();

  private void split(LineSplitter splitter, String... chunks) {
    for (String chunk : chunks) {
      byte[] bytes = ("##" + chunk + "##").getBytes(UTF_8);
      splitter.split(bytes, 2, bytes.length - 4, line -> lines.add(line.toUtf8()));
    }
  }

  private void finish(LineSplitter splitter) {
    splitter.finish(line -> lines.add(line.toUtf8()));
  }

  @Test
  void cuts_at_line_feeds_and_takes_their_carriage_return() {
    LineSplitter splitter = new LineSplitter(100);
    split(splitter, "one\ntwo\r\n\n\r\na\rb\n");
    assertThat(lines).containsExactly("one", "two", "", "", "a\rb");
    assertThat(splitter.pendingBytes()).isZero();
  }

  @Test
  void joins_a_line_that_lies_across_chunks() {
    LineSplitter splitter = new LineSplitter(100);
    split(splitter, "on", "e", "\ntw", "o\r", "\nthree");
    assertThat(lines).containsExactly("one", "two");
    assertThat(splitter.pendingBytes()).isEqualTo(5);
    finish(splitter);
    assertThat(lines).containsExactly("one", "two", "three");
  }

  @Test
  void keeps_a_line_of_exactly_the_bound_and_cuts_a_longer_one() {
    LineSplitter splitter = new LineSplitter(4);
    split(splitter, "abcd\nabcd\r\nabcde\nabcdefgh", "ij\nnext\n");
    assertThat(lines).containsExactly("abcd", "abcd", "abcd", "abcd", "next");
    assertThat(splitter.cutLines()).isEqualTo(2);
    assertThat(splitter.skippedBytes()).isEqualTo(1 + 6);
  }

  @Test
  void does_not_cut_a_character_in_two() {
    LineSplitter splitter = new LineSplitter(4);
    split(splitter, "abcé\n", "abc", "éé", "\n");
    assertThat(lines).containsExactly("abc", "abc");
  }

  @Test
  void a_stream_without_line_feeds_stays_within_the_bound() {
    LineSplitter splitter = new LineSplitter(1000);
    String chunk = "x".repeat(600);
    for (int i = 0; i < 100; i++) {
      split(splitter, chunk);
      assertThat(splitter.pendingBytes()).isLessThanOrEqualTo(1001);
    }
    split(splitter, "\nend\n");
    assertThat(lines).containsExactly("x".repeat(1000), "end");
  }

  @Test
  void the_lines_do_not_depend_on_where_the_chunks_end() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(200);
      for (int i = 0; i < length; i++) {
        text.append("ab\r\né".charAt(random.nextInt(5)));
      }
      byte[] bytes = text.toString().getBytes(UTF_8);
      assertThat(linesOf(bytes, random)).isEqualTo(linesOf(bytes, null));
    }
  }

  private static List<String> linesOf(byte[] bytes, Random random) {
    LineSplitter splitter = new LineSplitter(5);
    List<String> lines = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int count = random == null ? bytes.length : 1 + random.nextInt(6);
      count = Math.min(count, bytes.length - at);
      splitter.split(bytes, at, count, line -> lines.add(line.toUtf8()));
      at += count;
    }
    splitter.finish(line -> lines.add(line.toUtf8()));
    return lines;
  }
}
