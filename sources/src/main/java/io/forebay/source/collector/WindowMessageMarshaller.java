package io.forebay.source.collector;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.forebay.core.collector.v1.Event;
import io.forebay.core.collector.v1.Gap;
import io.forebay.core.collector.v1.GapReason;
import io.forebay.core.collector.v1.StreamEventsRequest;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads {@code StreamEventsRequest} from the wire without an object for each event. Never fails:
 * what is no message says so itself, so that its sender is told why. Thread safe.
 */
final class WindowMessageMarshaller implements MethodDescriptor.Marshaller<WindowMessage> {

  private static final int MAX_FIRST_BYTES = 64 << 10;

  @Override
  public InputStream stream(WindowMessage value) {
    throw new UnsupportedOperationException("a receiver sends none");
  }

  @Override
  public WindowMessage parse(InputStream stream) {
    byte[] bytes;
    int length = 0;
    try {
      // One byte more: room for the line feed of the last item.
      int expected = stream instanceof KnownLength ? stream.available() : MAX_FIRST_BYTES;
      bytes = new byte[expected + 1];
      while (true) {
        if (length + 1 >= bytes.length) {
          if (stream instanceof KnownLength) {
            break;
          }
          bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        int n = stream.read(bytes, length, bytes.length - 1 - length);
        if (n < 0) {
          break;
        }
        length += n;
      }
    } catch (StatusRuntimeException e) {
      String why = e.getStatus().getDescription();
      return WindowMessage.tooLarge(why == null ? "the message exceeds the maximum size" : why);
    } catch (IOException e) {
      return WindowMessage.malformed("the message cannot be read: " + e.getMessage());
    }
    try {
      WindowMessage message = new WindowMessage(bytes, length);
      read(CodedInputStream.newInstance(bytes, 0, length), message);
      return message;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return WindowMessage.malformed("no StreamEventsRequest: " + e.getMessage());
    } catch (IOException e) {
      return WindowMessage.malformed("the message cannot be read: " + e.getMessage());
    }
  }

  private static void read(CodedInputStream in, WindowMessage message) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (field(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        case StreamEventsRequest.AGENT_ID_FIELD_NUMBER -> {
          message.agentId(in.readStringRequireUtf8());
          continue;
        }
        case StreamEventsRequest.GAPS_FIELD_NUMBER -> {
          if (message.gapCount() == WindowMessage.MAX_GAPS) {
            throw new IllegalArgumentException(
                "more than " + WindowMessage.MAX_GAPS + " gaps in one message");
          }
          int end = in.pushLimit(in.readRawVarint32());
          message.addGap(readGap(in));
          in.popLimit(end);
          continue;
        }
        case StreamEventsRequest.EVENTS_FIELD_NUMBER -> {
          if (message.eventCount() == WindowMessage.MAX_EVENTS) {
            throw new IllegalArgumentException(
                "more than " + WindowMessage.MAX_EVENTS + " events in one message");
          }
          int end = in.pushLimit(in.readRawVarint32());
          readEvent(in, message);
          in.popLimit(end);
          continue;
        }
        default -> {}
      }
      if (field(tag, WireFormat.WIRETYPE_FIXED64) == StreamEventsRequest.EPOCH_FIELD_NUMBER) {
        message.epoch(in.readFixed64());
      } else if (field(tag, WireFormat.WIRETYPE_VARINT)
          == StreamEventsRequest.CONTINUES_FROM_FIELD_NUMBER) {
        message.continuesFrom(in.readUInt64());
      } else {
        skip(in, tag);
      }
    }
  }

  private static WindowMessage.Gap readGap(CodedInputStream in) throws IOException {
    long first = 0;
    long last = 0;
    int reason = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (field(tag, WireFormat.WIRETYPE_VARINT)) {
        case Gap.FIRST_SEQUENCE_FIELD_NUMBER -> first = in.readUInt64();
        case Gap.LAST_SEQUENCE_FIELD_NUMBER -> last = in.readUInt64();
        case Gap.REASON_FIELD_NUMBER -> reason = in.readEnum();
        default -> skip(in, tag);
      }
    }
    GapReason known = GapReason.forNumber(reason);
    return new WindowMessage.Gap(
        first, last, known == null ? GapReason.GAP_REASON_UNSPECIFIED : known);
  }

  private static void readEvent(CodedInputStream in, WindowMessage message) throws IOException {
    long sequence = 0;
    int offset = 0;
    int length = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (Event.SEQUENCE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT)) {
        sequence = in.readUInt64();
      } else if (tag == (Event.ITEM_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        length = in.readRawVarint32();
        offset = in.getTotalBytesRead();
        in.skipRawBytes(length);
      } else {
        skip(in, tag);
      }
    }
    message.addEvent(sequence, offset, length);
  }

  /** A field that this version does not know is passed over, as the protocol demands. */
  private static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new IllegalArgumentException("a group ends that never began");
    }
  }

  /** The number of a field with that wire type, or 0. */
  private static int field(int tag, int wireType) {
    return (tag & 7) == wireType ? tag >>> 3 : 0;
  }
}
