package io.forebay.source.collector;

import io.forebay.core.component.ComponentContext;
import io.forebay.source.cursor.CursorPath;
import io.forebay.source.net.Events;
import io.forebay.source.net.Records;
import io.forebay.source.net.Taker;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A running {@code collector_input} with what a test needs of it. */
final class Gateway implements AutoCloseable {

  static final Timing QUICK =
      new Timing(
          Duration.ofMillis(400),
          Duration.ofMillis(300),
          Duration.ofMillis(100),
          Duration.ofMillis(500));

  private final Events events;
  private final FailingDisk disk;
  private final CollectorSource source;
  private final Taker taker;
  private final int port;

  private Gateway(Events events, FailingDisk disk, CollectorSource source, Taker taker, int port) {
    this.events = events;
    this.disk = disk;
    this.source = source;
    this.taker = taker;
    this.port = port;
  }

  static Gateway start(Path directory, Taker taker, Object... keysAndValues) {
    Events events = new Events();
    CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
    FailingDisk disk = disk(directory);
    CollectorSource source =
        new CollectorSource(
            config(keysAndValues), context(directory, events), disk, QUICK, bound::complete);
    source.batches().doOnError(bound::completeExceptionally).subscribe(taker);
    int port = bound.orTimeout(10, TimeUnit.SECONDS).join().getPort();
    return new Gateway(events, disk, source, taker, port);
  }

  static CollectorInputConfig config(Object... keysAndValues) {
    Map<String, Object> values = new HashMap<>();
    values.put("port", 0);
    values.put("listen", "127.0.0.1");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return Records.of(CollectorInputConfig.class, values);
  }

  static ComponentContext context(Path directory, Events events) {
    return new ComponentContext(
        "gate", "test", directory, Clock.systemUTC(), new Random(1), events);
  }

  static FailingDisk disk(Path directory) {
    return new FailingDisk(JournalDisk.of(new CursorPath(directory, "gate", "journal")));
  }

  FailingDisk disk() {
    return disk;
  }

  int port() {
    return port;
  }

  Events events() {
    return events;
  }

  Taker taker() {
    return taker;
  }

  CollectorSource source() {
    return source;
  }

  Sender sender(String agentId) {
    return new Sender(port, agentId);
  }

  /** Stops in order and waits until the cursors are closed. */
  @Override
  public void close() {
    taker.cancel();
    source.close().block(Duration.ofSeconds(20));
  }
}
