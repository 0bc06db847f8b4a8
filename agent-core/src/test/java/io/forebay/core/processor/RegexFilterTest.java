package io.forebay.core.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RegexFilterTest {

  private final ProcessorBench bench = new ProcessorBench();

  private List<Batch> run(String pattern, boolean negate, String path, Batch batch) {
    RegexFilterConfig config = new RegexFilterConfig(Pattern.compile(pattern), negate, path);
    return bench.run(new RegexFilter(config, bench), batch);
  }

  @Test
  void passesABatchThatMatchesWholeAsItIs() {
    Batch batch = bench.batch("an error", "error two");

    assertThat(run("error", false, "item.body", batch)).containsExactly(batch);
  }

  @Test
  void partsABatchAndKeepsItsOrder() {
    List<Batch> out =
        run("err|oops", false, "item.body", bench.batch("err 1", "ok 1", "ok 2", "oops", "err 2"));

    assertThat(out).hasSize(2);
    assertThat(ProcessorBench.bodies(out.get(0))).containsExactly("err 1", "oops", "err 2");
    assertThat(out.get(0).path()).isEqualTo(Batch.DEFAULT_PATH);
    assertThat(ProcessorBench.bodies(out.get(1))).containsExactly("ok 1", "ok 2");
    assertThat(out.get(1).path()).isEqualTo("unmatched");
  }

  @Test
  void endsTheSourceShareOnceBothPartsHaveEnded() {
    List<Batch> out = run("err", false, "item.body", bench.batch("err", "ok"));

    out.get(1).acknowledgement().complete();
    assertThat(bench.outcomes).isEmpty();
    out.get(0).acknowledgement().complete();
    assertThat(bench.outcomes).containsExactly(true);
  }

  @Test
  void turnsAwayABatchInWhichNothingMatchesWithItsOneShare() {
    List<Batch> out = run("err", false, "item.body", bench.batch("a", "b"));

    assertThat(out).hasSize(1);
    assertThat(out.get(0).path()).isEqualTo("unmatched");
    out.get(0).acknowledgement().complete();
    assertThat(bench.outcomes).containsExactly(true);
  }

  @Test
  void negateTurnsAwayWhatMatches() {
    List<Batch> out = run("^debug", true, "item.body", bench.batch("debug x", "info debug"));

    assertThat(ProcessorBench.bodies(out.get(0))).containsExactly("info debug");
  }

  @Test
  void searchesAttributesAndTreatsAMissingFieldAsNotFound() {
    Item with = Item.log(1, ByteSlice.utf8("a"), Map.of(), Map.of("status", 503L));
    Item without = Item.log(1, ByteSlice.utf8("b"), Map.of(), Map.of());
    Item withMap = Item.log(1, ByteSlice.utf8("c"), Map.of(), Map.of("status", Map.of("x", "503")));

    Batch batch = bench.batch(List.of(with, without, withMap));
    List<Batch> found = run("^5..$", false, "item.attributes.status", batch);
    List<Batch> negated = run("^5..$", true, "item.attributes.status", batch);

    assertThat(ProcessorBench.bodies(found.get(0))).containsExactly("a");
    assertThat(ProcessorBench.bodies(negated.get(0))).containsExactly("b", "c");
  }

  @Test
  void matchesTextBeyondAsciiAndBytesThatAreNoUtf8() {
    byte[] malformed = {'x', (byte) 0xff, 'e', 'r', 'r'};
    Item odd = Item.log(1, ByteSlice.of(malformed), Map.of(), Map.of());
    Batch batch = bench.batch(List.of(ProcessorBench.item("grüße €"), odd));

    assertThat(run("^gr\\p{L}{2}e €$|err$", false, "item.body", batch)).containsExactly(batch);
  }

  @Test
  @Timeout(20)
  void givesUpACatastrophicSearchAsNotFound() {
    long start = System.nanoTime();
    List<Batch> out =
        run("(a+)+\\1$", false, "item.body", bench.batch("a".repeat(60) + "b", "aaa"));

    assertThat(ProcessorBench.bodies(out.get(0))).containsExactly("aaa");
    assertThat(bench.events).containsEntry("regex_limit", 1L);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void survivesASearchThatWouldExhaustTheStack() {
    List<Batch> out =
        run("(x|y|zz)*!", false, "item.body", bench.batch("xy".repeat(100_000) + "!", "!"));

    assertThat(ProcessorBench.bodies(out.get(0))).contains("!");
  }

  @Test
  void handsAnEmptyBatchOn() {
    Batch empty = bench.batch();

    assertThat(run("x", false, "item.body", empty)).containsExactly(empty);
  }
}
