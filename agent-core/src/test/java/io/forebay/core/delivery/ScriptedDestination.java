package io.forebay.core.delivery;

import io.forebay.core.component.Destination;
import io.forebay.core.component.SendResult;
import io.forebay.core.item.Batch;
import io.forebay.core.item.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A receiver that does as it is told, and remembers what it took and what it was asked. */
final class ScriptedDestination implements Destination {

  /** Bodies of what was delivered, in the order in which the requests succeeded. */
  final List<String> taken = new ArrayList<>();

  /** Bodies of each request, successful or not. */
  final List<List<String>> requests = new ArrayList<>();

  final Sinks.Many<String> wakeUps = Sinks.many().multicast().directBestEffort();

  int underWay;
  int mostUnderWay;
  boolean closed;

  private Function<List<String>, Mono<SendResult>> script = bodies -> Mono.just(delivered());

  static SendResult delivered() {
    return SendResult.Delivered.INSTANCE;
  }

  void answer(SendResult result) {
    script = bodies -> Mono.just(result);
  }

  void answerWith(Function<List<String>, SendResult> answer) {
    script = bodies -> Mono.just(answer.apply(bodies));
  }

  void script(Function<List<String>, Mono<SendResult>> newScript) {
    script = newScript;
  }

  void hang() {
    script = bodies -> Mono.never();
  }

  @Override
  public Mono<SendResult> send(Batch batch) {
    return Mono.defer(
        () -> {
          List<String> bodies = bodies(batch);
          requests.add(bodies);
          underWay++;
          mostUnderWay = Math.max(mostUnderWay, underWay);
          return script
              .apply(bodies)
              .doOnNext(
                  result -> {
                    if (result instanceof SendResult.Delivered) {
                      taken.addAll(bodies);
                    }
                  })
              .doFinally(signal -> underWay--);
        });
  }

  @Override
  public Flux<String> wakeUps() {
    return wakeUps.asFlux();
  }

  @Override
  public Mono<Void> close() {
    return Mono.fromRunnable(() -> closed = true);
  }

  private static List<String> bodies(Batch batch) {
    List<String> bodies = new ArrayList<>(batch.size());
    for (Item item : batch.items()) {
      bodies.add(item.body().toUtf8());
    }
    return bodies;
  }
}
