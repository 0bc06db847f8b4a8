package io.forebay.destination;

import io.forebay.core.item.Acknowledgement;
import io.forebay.core.item.Batch;
import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.EncodedLines;
import io.forebay.core.item.Item;
import io.forebay.core.item.ItemEncoder;
import io.forebay.core.item.ItemKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Items and batches for tests. */
public final class Items {

  private Items() {}

  public static Batch batch(List<Item> items) {
    return Batch.of(items, Acknowledgement.ignored());
  }

  public static Item numbered(int number) {
    return Item.log(
        1735789700000L + number,
        ByteSlice.utf8("line " + number),
        Map.of("host.name", "a"),
        Map.of());
  }

  public static List<Item> many(int count) {
    List<Item> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(numbered(i));
    }
    return items;
  }

  /** Plain, empty, not UTF-8, with quotes and line feeds, encoded already, with everything. */
  public static List<Item> ofEveryKind() {
    Item full =
        new Item(
            ItemKind.METRIC,
            1735789700001L,
            ByteSlice.utf8("héllo \"wörld\" \\ \n\t\u0001 𝄞"),
            "WARN",
            Map.of("host.name", "web-1"),
            Map.of("n", 12L, "list", List.of(1L, "two", true)));
    return List.of(
        numbered(7),
        Item.log(1, ByteSlice.EMPTY, Map.of(), Map.of()),
        Item.log(2, ByteSlice.of(new byte[] {(byte) 0xff, 0, (byte) 0xc3, 10}), Map.of(), Map.of()),
        full,
        drained(List.of(numbered(9))).get(0));
  }

  /** The same items as a queue gives them back: lines back to back in one array. */
  public static List<Item> drained(List<Item> items) {
    EncodedLines lines = encode(items);
    List<Item> drained = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < lines.count(); i++) {
      int length = lines.lengths()[i];
      drained.add(Item.ofEncoded(ByteSlice.of(lines.array(), at, length)));
      at += length;
    }
    return drained;
  }

  /** The JSON form of each, without line feeds. */
  public static List<String> lines(List<Item> items) {
    return split(encode(items).toByteBuffer().array(), encode(items).size());
  }

  /** What stands between line feeds. */
  public static List<String> split(byte[] bytes, int length) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        lines.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    if (start < length) {
      lines.add("unfinished: " + new String(bytes, start, length - start, StandardCharsets.UTF_8));
    }
    return lines;
  }

  private static EncodedLines encode(List<Item> items) {
    EncodedLines lines = new EncodedLines(1024);
    new ItemEncoder().encodeAll(items, lines);
    return lines;
  }
}
