package io.forebay.destination.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.item.EncodedLines;
import io.forebay.destination.Items;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

class BodyMemoryTest {

  private final BodyMemory memory = new BodyMemory(100, 1 << 20);
  private final List<String> admitted = new ArrayList<>();

  @Test
  void admitsInTheOrderOfAskingAsRoomIsMade() {
    ask("a", 60);
    ask("b", 60);
    ask("c", 10);
    assertThat(admitted).containsExactly("a");
    assertThat(memory.tryAdmit(10)).as("nobody overtakes").isFalse();

    memory.release(60);

    assertThat(admitted).containsExactly("a", "b", "c");
  }

  @Test
  void admitsWhatIsLargerThanItsBoundWhenNothingElseIs() {
    ask("a", 10);
    ask("huge", 1000);
    assertThat(admitted).containsExactly("a");
    memory.release(10);
    assertThat(admitted).containsExactly("a", "huge");
  }

  @Test
  void whoStopsWaitingTakesNothing() {
    ask("a", 100);
    Disposable waiting = ask("b", 100);
    ask("c", 100);
    waiting.dispose();
    memory.release(100);
    assertThat(admitted).containsExactly("a", "c");
    memory.release(100);
    assertThat(memory.tryAdmit(100)).isTrue();
  }

  @Test
  void keepsBuffersUpToItsBound() {
    EncodedLines small = memory.take(1000);
    memory.give(small);
    assertThat(memory.take(10)).isSameAs(small);
    BodyMemory none = new BodyMemory(100, 0);
    EncodedLines lines = none.take(1000);
    none.give(lines);
    assertThat(none.take(1000)).isNotSameAs(lines);
  }

  @Test
  void aDestinationsFirstBodyIsNeverHeldBackAndTheNextWaitsForRoom() {
    BodyMemory full = new BodyMemory(1, 0);
    assertThat(full.tryAdmit(1000)).isTrue();
    BatchEncoder encoder =
        new BatchEncoder(
            BatchFormat.NDJSON, BodyCompression.UNCOMPRESSED, Schedulers.immediate(), 2, full);
    Sinks.Empty<Void> first = Sinks.empty();
    send(encoder, "first", first.asMono());
    send(encoder, "second", Mono.never());
    Disposable third = send(encoder, "third", Mono.never());
    assertThat(admitted).containsExactly("first");

    third.dispose();
    full.release(1000);
    assertThat(admitted).containsExactly("first", "second");

    // Not the only one: the second body is still in use.
    first.tryEmitEmpty();
    send(encoder, "fourth", Mono.never());
    assertThat(admitted).containsExactly("first", "second");
  }

  private Disposable send(BatchEncoder encoder, String name, Mono<Void> end) {
    return encoder
        .sending(
            Items.batch(Items.many(3)),
            body -> {
              admitted.add(name);
              return end;
            })
        .subscribe();
  }

  private Disposable ask(String name, long bytes) {
    return memory.admit(bytes).subscribe(nothing -> {}, error -> {}, () -> admitted.add(name));
  }
}
