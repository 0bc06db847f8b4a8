package io.forebay.core.delivery;

import io.forebay.core.item.ByteSlice;
import io.forebay.core.item.Item;
import io.forebay.queue.Lease;
import io.forebay.queue.PersistentQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Turns records of the queue into items, without copying or decoding them. Blocks on the disk. */
final class LeaseReader {

  private LeaseReader() {}

  /**
   * Leases from the front until a bound is reached or nothing more is ready.
   *
   * @param maxItems at least 1
   * @param maxBytes at least 1; the first record is given even if it is larger
   */
  static QueueGateway.Fetched read(PersistentQueue queue, int maxItems, long maxBytes) {
    List<Slice> slices = new ArrayList<>(2);
    int itemsLeft = maxItems;
    long bytesLeft = maxBytes;
    try {
      while (itemsLeft > 0 && bytesLeft > 0) {
        Lease lease = queue.lease(itemsLeft, (int) Math.min(bytesLeft, Integer.MAX_VALUE));
        if (lease == null) {
          break;
        }
        Slice slice = toSlice(lease);
        if (!slices.isEmpty() && slice.bytes() > bytesLeft) {
          // The first record is given even if it is too large for what is left: not in this batch.
          lease.release();
          break;
        }
        slices.add(slice);
        itemsLeft -= slice.count();
        bytesLeft -= slice.bytes();
      }
    } catch (IOException | RuntimeException e) {
      return new QueueGateway.Fetched(slices, QueueGateway.asIoException(e));
    }
    return new QueueGateway.Fetched(slices, null);
  }

  private static Slice toSlice(Lease lease) {
    int count = lease.count();
    List<Item> items = new ArrayList<>(count);
    byte[] bytes = lease.bytes();
    long sum = 0;
    for (int i = 0; i < count; i++) {
      int length = lease.length(i);
      items.add(Item.ofEncoded(ByteSlice.of(bytes, lease.offset(i), length)));
      sum += length;
    }
    return new Slice(items, 0, count, sum, new Owner.Leased(lease), lease.firstSequence(), 0);
  }
}
