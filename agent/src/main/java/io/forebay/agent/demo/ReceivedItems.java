package io.forebay.agent.demo;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Everything that the demo's receiver took, told apart by stream. Thread safe. */
final class ReceivedItems {

  private static final Pattern SEQUENCE = Pattern.compile("\\bSEQ=(\\d{1,10})\\b");

  private final Map<String, ReceivedStream> streams = new TreeMap<>();
  private long arrived;
  private long unnumbered;

  /** Takes one request's body: a JSON line an item. */
  synchronized void receive(byte[] ndjson) {
    int start = 0;
    for (int i = 0; i < ndjson.length; i++) {
      if (ndjson[i] == '\n') {
        receiveLine(ByteSlice.of(ndjson, start, i + 1 - start));
        start = i + 1;
      }
    }
    if (start < ndjson.length) {
      receiveLine(ByteSlice.of(ndjson, start, ndjson.length - start));
    }
  }

  private void receiveLine(ByteSlice line) {
    Item item = ItemDecoder.decode(line);
    arrived++;
    String body = new String(item.body().toByteArray(), StandardCharsets.UTF_8);
    Matcher matcher = SEQUENCE.matcher(body);
    if (!matcher.find()) {
      unnumbered++;
      return;
    }
    String stream = body.startsWith(NumberedLog.MARK) ? "file" : "demo";
    streams
        .computeIfAbsent(stream, name -> new ReceivedStream())
        .receive(Long.parseLong(matcher.group(1)));
  }

  synchronized Totals totals() {
    long distinct = unnumbered;
    long duplicates = 0;
    long outOfOrder = 0;
    long gaps = 0;
    for (ReceivedStream stream : streams.values()) {
      distinct += stream.distinct();
      duplicates += stream.duplicates();
      outOfOrder += stream.outOfOrder();
      gaps += stream.gaps();
    }
    return new Totals(arrived, distinct, duplicates, outOfOrder, gaps);
  }

  /**
   * All streams together.
   *
   * @param arrived items taken, each time counted
   * @param distinct different items taken
   * @param duplicates items taken again
   * @param outOfOrder items taken after a later one of their stream
   * @param gaps items that did not arrive although a later one of their stream did
   */
  record Totals(long arrived, long distinct, long duplicates, long outOfOrder, long gaps) {}
}
