package io.forebay.source.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.forebay.core.collector.v1.Event;
import io.forebay.core.collector.v1.Gap;
import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.StreamEventsRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what the generated code reads, and nothing else. */
class WindowMessageMarshallerTest {

  private static WindowMessage parse(byte[] bytes) {
    return new WindowMessageMarshaller().parse(new ByteArrayInputStream(bytes));
  }

  private static void assertSame(StreamEventsRequest expected, byte[] bytes) {
    WindowMessage message = parse(bytes);
    assertThat(message.fault()).isNull();
    assertThat(message.wireBytes()).isEqualTo(bytes.length);
    assertThat(message.agentId()).isEqualTo(expected.getAgentId());
    assertThat(message.epoch()).isEqualTo(expected.getEpoch());
    assertThat(message.continues()).isEqualTo(expected.hasContinuesFrom());
    assertThat(message.continuesFrom()).isEqualTo(expected.getContinuesFrom());
    assertThat(message.gapCount()).isEqualTo(expected.getGapsCount());
    for (int i = 0; i < expected.getGapsCount(); i++) {
      Gap gap = expected.getGaps(i);
      GapReason reason =
          gap.getReason() == GapReason.UNRECOGNIZED
              ? GapReason.GAP_REASON_UNSPECIFIED
              : gap.getReason();
      assertThat(message.gap(i))
          .isEqualTo(new WindowMessage.Gap(gap.getFirstSequence(), gap.getLastSequence(), reason));
    }
    assertThat(message.eventCount()).isEqualTo(expected.getEventsCount());
    for (int i = 0; i < expected.getEventsCount(); i++) {
      Event event = expected.getEvents(i);
      ByteString item = event.getItem();
      ByteString line =
          item.endsWith(ByteString.copyFromUtf8("\n"))
              ? item
              : item.concat(ByteString.copyFromUtf8("\n"));
      assertThat(message.sequence(i)).isEqualTo(event.getSequence());
      assertThat(message.line(i).toByteArray()).isEqualTo(line.toByteArray());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"first", "from-zero", "large-numbers", "later", "unknown"})
  void readsTheVectors(String name) throws IOException {
    try (InputStream in =
        getClass().getResourceAsStream("/collector/stream-events-request-" + name + ".bin")) {
      assertThat(in).isNotNull();
      byte[] bytes = in.readAllBytes();
      assertSame(StreamEventsRequest.parseFrom(bytes), bytes);
    }
  }

  @Test
  void readsAnyMessage() throws IOException {
    Random random = new Random(9);
    for (int round = 0; round < 300; round++) {
      byte[] bytes = any(random).toByteArray();
      assertSame(StreamEventsRequest.parseFrom(bytes), bytes);
    }
  }

  @Test
  void refusesWhatTheGeneratedCodeRefuses() {
    Random random = new Random(10);
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = any(random).toByteArray();
      if (bytes.length == 0) {
        continue;
      }
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertSame(StreamEventsRequest.parseFrom(bytes), bytes);
      } catch (InvalidProtocolBufferException e) {
        assertThat(parse(bytes).fault()).as("after: %s", e.getMessage()).isNotNull();
      }
    }
  }

  private static StreamEventsRequest any(Random random) {
    StreamEventsRequest.Builder message = StreamEventsRequest.newBuilder();
    if (random.nextBoolean()) {
      message.setAgentId("ägent-" + random.nextInt()).setEpoch(random.nextLong());
    }
    if (random.nextBoolean()) {
      message.setContinuesFrom(random.nextLong());
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      message.addGaps(
          Gap.newBuilder()
              .setFirstSequence(random.nextLong())
              .setLastSequence(random.nextInt(99))
              .setReasonValue(random.nextInt(5)));
    }
    for (int i = random.nextInt(80); i > 0; i--) {
      byte[] item = new byte[random.nextInt(60)];
      random.nextBytes(item);
      Event.Builder event = Event.newBuilder().setSequence(random.nextInt(1 << 20));
      message.addEvents(random.nextInt(5) == 0 ? event : event.setItem(ByteString.copyFrom(item)));
    }
    return message.build();
  }
}
