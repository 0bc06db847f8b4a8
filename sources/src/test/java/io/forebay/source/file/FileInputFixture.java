package io.forebay.source.file;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.config.DataSize;
import io.forebay.source.worker.Receiver;
import io.forebay.source.worker.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;

/** A node over a directory of its own, with short waits. */
final class FileInputFixture implements AutoCloseable {

  final Path logs;
  final Path data;
  final RecordingListener listener = new RecordingListener();
  private final List<FileInput> sources = new ArrayList<>();
  private final List<Receiver> receivers = new ArrayList<>();

  FileInputFixture(Path directory) throws IOException {
    this.logs = Files.createDirectories(directory.resolve("logs"));
    this.data = directory.resolve("data");
  }

  /** The keys of a node that looks often. */
  static final class Keys {
    List<String> path = List.of();
    List<String> exclude = List.of();
    Pattern linePattern;
    Duration multilineFlush = Duration.ofMillis(300);
    int multilineLines = 250;
    long multilineBytes = 1 << 20;
    long maxLine = 1 << 20;
    boolean persist = true;
    FileInputConfig.StartAt startAt = FileInputConfig.StartAt.BEGINNING;
    Duration rotateWait = Duration.ofMillis(400);
    int maxOpen = 512;
    long maxUnacknowledged = 8 << 20;
    boolean ingestionTime;
    boolean separate;

    FileInputConfig config() {
      return new FileInputConfig(
          path,
          exclude,
          linePattern,
          multilineFlush,
          multilineLines,
          DataSize.ofBytes(multilineBytes),
          DataSize.ofBytes(maxLine),
          persist,
          Duration.ofMillis(20),
          DataSize.ofBytes(1000),
          startAt,
          Duration.ofMillis(100),
          Duration.ofMillis(10),
          rotateWait,
          maxOpen,
          DataSize.ofBytes(maxUnacknowledged),
          ingestionTime,
          separate);
    }
  }

  Keys keys(String... globs) {
    Keys keys = new Keys();
    keys.path = java.util.Arrays.stream(globs).map(glob -> logs.resolve(".") + "/" + glob).toList();
    return keys;
  }

  ComponentContext context() {
    return new ComponentContext("logs", "test", data, Clock.systemUTC(), new Random(1), listener);
  }

  FileInput source(Keys keys) {
    FileInput source = new FileInput(keys.config(), context());
    sources.add(source);
    return source;
  }

  Receiver follow(Keys keys, Function<Flux<io.forebay.core.item.Batch>, Receiver> how) {
    Receiver receiver = how.apply(source(keys).batches());
    receivers.add(receiver);
    return receiver;
  }

  /** Cancels, and waits until the cursors are saved. */
  void stop() {
    receivers.forEach(Receiver::cancel);
    sources.forEach(source -> source.close().block(Duration.ofSeconds(20)));
    receivers.clear();
    sources.clear();
  }

  Path write(String name, String text) throws IOException {
    Path path = logs.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  static String lines(int from, int to, UnaryOperator<String> form) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(form.apply(Integer.toString(i))).append('\n');
    }
    return text.toString();
  }

  static String lines(int from, int to) {
    return lines(from, to, i -> "line " + i);
  }

  static List<String> bodies(int from, int to) {
    return lines(from, to).lines().toList();
  }

  @Override
  public void close() {
    stop();
  }
}
