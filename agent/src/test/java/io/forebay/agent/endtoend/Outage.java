package io.forebay.agent.endtoend;

import java.nio.file.Path;

/**
 * The pipeline of the tests that lay the receiver low: {@code http_input} to {@code http_output}
 * with a queue.
 */
final class Outage {

  private Outage() {}

  /**
   * @param queueKeys more keys of {@code persistent_queue}, a line each, without indentation
   */
  static String pipeline(int sourcePort, int receiverPort, Path queue, String queueKeys) {
    return """
        version: v3
        settings:
          item_buffer_flush_interval: 50ms
        nodes:
        - name: in
          type: http_input
          listen: 127.0.0.1
          port: %d
        - name: out
          type: http_output
          endpoint: http://127.0.0.1:%d/ingest
          batch_size: 500
          parallel_worker_count: 1
          request_timeout: 2s
          retry:
            initial_interval: 100ms
            max_interval: 400ms
          persistent_queue:
            path: %s
        %slinks:
        - from: in
          to: out
        """
        .formatted(sourcePort, receiverPort, queue, queueKeys.indent(4));
  }
}
