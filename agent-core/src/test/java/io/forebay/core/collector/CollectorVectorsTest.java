package io.forebay.core.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.forebay.core.collector.v1.HealthCheckRequest;
import io.forebay.core.collector.v1.HealthCheckResponse;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.forebay.core.collector.v1.StreamEventsResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The test vectors say what this implementation reads and writes. */
class CollectorVectorsTest {

  private static final Path VECTORS = Path.of("src", "test", "resources", "collector");

  static Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(VECTORS)) {
      List<String> found =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".txtpb"))
              .map(name -> name.substring(0, name.length() - ".txtpb".length()))
              .sorted()
              .toList();
      return found.stream();
    }
  }

  private static Message emptyOf(String name) {
    if (name.startsWith("stream-events-request")) {
      return StreamEventsRequest.getDefaultInstance();
    } else if (name.startsWith("stream-events-response")) {
      return StreamEventsResponse.getDefaultInstance();
    } else if (name.startsWith("health-check-request")) {
      return HealthCheckRequest.getDefaultInstance();
    }
    return HealthCheckResponse.getDefaultInstance();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theBytesAreTheMessage(String name) throws IOException {
    Message.Builder text = emptyOf(name).newBuilderForType();
    TextFormat.getParser()
        .merge(
            Files.readString(VECTORS.resolve(name + ".txtpb")),
            ExtensionRegistry.getEmptyRegistry(),
            text);
    Message message = text.build();
    byte[] bytes = Files.readAllBytes(VECTORS.resolve(name + ".bin"));

    assertThat(message.toByteArray()).isEqualTo(bytes);
    Message read = emptyOf(name).getParserForType().parseFrom(bytes);
    assertThat(read).isEqualTo(message);
    assertThat(read.getUnknownFields().asMap()).isEmpty();
  }

  @Test
  void everyMessageHasAVector() throws IOException {
    Set<String> types = new HashSet<>();
    names().forEach(name -> types.add(emptyOf(name).getDescriptorForType().getName()));

    assertThat(types)
        .containsExactlyInAnyOrder(
            "StreamEventsRequest",
            "StreamEventsResponse",
            "HealthCheckRequest",
            "HealthCheckResponse");
  }

  @Test
  void whatALaterVersionAddsIsPassedOver() throws IOException {
    byte[] bytes = Files.readAllBytes(VECTORS.resolve("stream-events-response.bin"));
    byte[] later = Arrays.copyOf(bytes, bytes.length + 3);
    later[bytes.length] = (byte) 0xf8;
    later[bytes.length + 1] = 1;
    later[bytes.length + 2] = 7;

    StreamEventsResponse read = StreamEventsResponse.parseFrom(later);

    assertThat(read.getNextSequence()).isEqualTo(103);
    assertThat(read.getDuplicates()).isEqualTo(1);
  }
}
