package io.forebay.destination.collector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Who this agent is for collectors: a random id, made once and kept in the file {@code agent-id} of
 * the agent's data directory, which all its nodes share.
 */
final class AgentIdentity {

  private static final int MAX_BYTES = 255;

  /** Nodes that begin together must not make two; other processes have other directories. */
  private static final Object MAKING = new Object();

  private final Path file;

  AgentIdentity(Path dataDirectory) {
    this.file = dataDirectory.resolve("agent-id");
  }

  /**
   * The id; made durable before it is told. Reads on subscription, off the subscriber's thread.
   * Fails with an {@link IOException} whose message names the file.
   */
  Mono<String> get() {
    return Mono.fromCallable(this::readOrMake).subscribeOn(Schedulers.boundedElastic());
  }

  private String readOrMake() throws IOException {
    synchronized (MAKING) {
      try {
        return read();
      } catch (NoSuchFileException e) {
        return make();
      }
    }
  }

  private String read() throws IOException {
    String id;
    try {
      id = Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("the agent id cannot be read: " + e, e);
    }
    if (id.isEmpty() || id.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new IOException(
          file + " holds no agent id of 1 to " + MAX_BYTES + " bytes; restore it, or set agent_id");
    }
    return id;
  }

  private String make() throws IOException {
    String id = UUID.randomUUID().toString();
    try {
      OwnFile.write(file, id);
    } catch (IOException e) {
      throw new IOException("the agent id cannot be kept in " + file + ": " + e, e);
    }
    return id;
  }
}
