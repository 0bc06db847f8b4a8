package io.forebay.destination.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings;
import io.forebay.core.config.DestinationSettings.PersistentQueueSettings.Mode;
import io.forebay.destination.Pipelines;
import io.forebay.destination.collector.CollectorOutputConfig.MessageCompression;
import io.forebay.queue.Overflow;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectorConfigTest {

  private static CollectorOutputConfig config(String... keys) {
    return Pipelines.config(CollectorOutputConfig.class, "collector_output", keys);
  }

  private static String problems(String... keys) {
    return Pipelines.problems("collector_output", keys);
  }

  @Test
  void defaults() {
    CollectorOutputConfig config = config("endpoint: localhost:4320");

    assertThat(config.target()).isEqualTo(new Endpoint("localhost", 4320));
    assertThat(config.agentId()).isNull();
    assertThat(config.batchSize()).isEqualTo(32);
    assertThat(config.keepalive().time()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.keepalive().timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.security()).isNull();
    assertThat(config.compression()).isEqualTo(MessageCompression.NONE);
    assertThat(config.delivery().persistentQueue()).isNull();
  }

  @Test
  void aWindowIsDeliverysBatch() {
    DestinationSettings delivery =
        config(
                "endpoint: localhost:4320",
                "window: {size: 100, max_byte_size: 64KiB, timeout: 3s}",
                "request_timeout: 20s")
            .delivery();

    assertThat(delivery.batchSize()).isEqualTo(100);
    assertThat(delivery.batchBytes()).isEqualTo(DataSize.parse("64KiB"));
    assertThat(delivery.batchTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(delivery.workers()).isEqualTo(1);
    // Behind the time to connect, for the HealthCheck and for the window.
    assertThat(delivery.requestTimeout()).isGreaterThan(Duration.ofSeconds(40));

    DestinationSettings usual = config("endpoint: localhost:4320").delivery();
    assertThat(usual.batchSize()).isEqualTo(4096);
    assertThat(usual.batchBytes()).isEqualTo(DataSize.parse("1MiB"));
    assertThat(usual.batchTimeout()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void theQueueIsARing() {
    DestinationSettings delivery =
        config("endpoint: localhost:4320", "persistent_queue: {path: /var/lib/ring}").delivery();

    PersistentQueueSettings queue = delivery.persistentQueue();
    assertThat(queue.path()).isEqualTo(Path.of("/var/lib/ring"));
    assertThat(queue.mode()).isEqualTo(Mode.ERROR);
    assertThat(queue.strictOrdering()).isTrue();
    assertThat(queue.maxByteSize()).isEqualTo(DataSize.parse("500MB"));
    assertThat(queue.overflow()).isEqualTo(Overflow.DROP_OLDEST);
    assertThat(delivery.strictOrdering()).isTrue();
  }

  @Test
  void theRingsKeysAndTheDeprecatedOnesAreTaken() {
    PersistentQueueSettings queue =
        config(
                "endpoint: localhost:4320",
                "persistent_queue: {path: /q, mode: always, max_byte_size: 5MB, overflow: block,"
                    + " drain_rate_limit: 7, fsync: interval, fsync_interval: 2s, max_age: 1h,"
                    + " compression: zstd, segment_size: 1MiB}")
            .delivery()
            .persistentQueue();

    assertThat(queue)
        .isEqualTo(
            new PersistentQueueSettings(
                Path.of("/q"),
                Mode.ALWAYS,
                DataSize.parse("5MB"),
                7,
                true,
                Overflow.BLOCK,
                PersistentQueueSettings.FsyncPolicy.INTERVAL,
                Duration.ofSeconds(2),
                Duration.ofHours(1),
                io.forebay.queue.Compression.ZSTD,
                DataSize.parse("1MiB")));
  }

  @ParameterizedTest
  @CsvSource({
    "'localhost:1', localhost, 1",
    "'127.0.0.1:65535', 127.0.0.1, 65535",
    "'[::1]:4320', ::1, 4320",
  })
  void endpoints(String endpoint, String host, int port) {
    assertThat(config("endpoint: '" + endpoint + "'").target()).isEqualTo(new Endpoint(host, port));
    assertThat(config("endpoint: '" + endpoint + "'", "port: " + port).target().port())
        .isEqualTo(port);
  }

  @Test
  void aBareAddressTakesThePortBesideIt() {
    assertThat(config("endpoint: '::1'", "port: 5").target()).isEqualTo(new Endpoint("::1", 5));
    assertThat(new Endpoint("::1", 5)).hasToString("[::1]:5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint: localhost | names no port",
        "endpoint: localhost:0 | from 1 to 65535",
        "endpoint: localhost:x | from 1 to 65535",
        "'endpoint: https://localhost:1' | without a scheme",
        "'endpoint: \":1\"' | names no host",
        "'endpoint: \"a b:1\"' | names no host",
        "'endpoint: \"[::1:1\"' | is no host",
        "endpoint: gateway.example.com:1 | in plain text; add a tls block",
        "endpoint: 10.0.0.1:1 | in plain text; add a tls block",
      })
  void refusesEndpoints(String key, String problem) {
    assertThat(problems(key)).contains(problem).doesNotContain(" at java");
  }

  @Test
  void plainTextToAnotherHostMustBeAskedFor() {
    assertThat(config("endpoint: 10.0.0.1:1", "tls: {enabled: false}").security()).isNull();
    assertThat(config("endpoint: 10.0.0.1:1", "tls: {enabled: true}").security()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'persistent_queue: {path: /q, strict_ordering: false}' | order of their numbers",
        "parallel_worker_count: 2 | parallel_worker_count",
        "port: 2 | another port",
        "agent_id: '' | it needs 1 to 255",
        "'agent_id: \"a\\nb\"' | control character",
        "server_name: x | nothing without TLS",
        "'window: {size: 0}' | size",
        "'keepalive: {time: 1s}' | time",
        "compression: zstd | zstd",
        "batch_bytes: 1MiB | batch_bytes",
        "'retry: {initial_interval: 2m}' | longer than max_interval",
      })
  void refusesKeys(String key, String problem) {
    assertThat(problems("endpoint: localhost:1", key)).contains(problem).doesNotContain(" at java");
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 300})
  void refusesAgentIdsThatAreTooLong(int bytes) {
    assertThat(problems("endpoint: localhost:1", "agent_id: " + "x".repeat(bytes)))
        .contains("agent_id has " + bytes + " bytes");
  }
}
