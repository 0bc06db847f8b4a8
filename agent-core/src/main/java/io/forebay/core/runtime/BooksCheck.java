package io.forebay.core.runtime;

import io.forebay.core.delivery.DeliverySnapshot;
import io.forebay.core.graph.NodeKind;
import io.forebay.core.telemetry.NodeTelemetry;
import io.forebay.core.telemetry.NodeTelemetry.Drops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks, while the agent runs, that no node loses an item without counting it. For a destination
 * received = delivered + dead-lettered + dropped + buffered, where each drop has its reason and all
 * that was read was received; for a processor read + created = written + dropped + returned + in
 * hand; for a source read = written + dropped at its exits. What does not add up is an error in the
 * log, once, and a meter until it does. Not thread safe.
 */
final class BooksCheck {

  private static final Logger log = LoggerFactory.getLogger(BooksCheck.class);

  private final List<Book> books = new ArrayList<>();
  private final List<Book> exactBooks = new ArrayList<>();
  private final BooleanSupplier running;

  /** One equation of one node. */
  private static final class Book {
    final NodeTelemetry node;
    final Balance balance;
    long unaccounted;

    Book(NodeTelemetry node, Balance balance) {
      this.node = node;
      this.balance = balance;
    }
  }

  /**
   * @param running whether items flow; while the pipeline stops some are given back to their
   *     sources
   */
  BooksCheck(Assembly assembly, BooleanSupplier running) {
    this.running = running;
    assembly.nodes().filter(node -> node.kind() == NodeKind.SOURCE).forEach(this::addSource);
    assembly.processors().forEach(this::addProcessor);
    assembly.destinations().forEach(this::addDestination);
  }

  private void addSource(NodeTelemetry node) {
    books.add(
        new Book(
            node,
            new Balance(
                "read = written + dropped at its exits",
                () -> {
                  long left = node.writeItems() + droppedAtExits(node);
                  return node.readItems() - left;
                },
                node::readItems,
                () -> false)));
  }

  private void addProcessor(ProcessorNode processor) {
    NodeTelemetry node = processor.node();
    books.add(
        new Book(
            node,
            new Balance(
                "read + created = written + dropped + returned + in hand",
                () -> {
                  long left = node.writeItems() + dropped(node) + node.returnedItems();
                  return node.readItems() + node.createdItems() - left;
                },
                () -> node.readItems() + node.writeItems() + dropped(node),
                () -> processor.outlets().isHeldUp())));
  }

  private void addDestination(DestinationNode destination) {
    NodeTelemetry node = destination.node();
    exactBooks.add(
        new Book(
            node,
            Balance.exact(
                "received = delivered + dead_lettered + dropped + buffered",
                () -> difference(destination.delivery().snapshot()))));
    books.add(
        new Book(
            node,
            new Balance(
                "dropped = the sum of its reasons",
                () -> {
                  long counted = destination.delivery().snapshot().droppedItems();
                  return dropped(node) - counted;
                },
                () -> dropped(node),
                () -> false)));
    // What was found in the queue was received and not read.
    long found = destination.delivery().snapshot().receivedItems();
    books.add(
        new Book(
            node,
            new Balance(
                "read + found in the queue = received",
                () -> {
                  long received = destination.delivery().snapshot().receivedItems();
                  return node.readItems() + found - received;
                },
                node::readItems,
                () -> false)));
  }

  private static long difference(DeliverySnapshot snapshot) {
    long left =
        snapshot.deliveredItems()
            + snapshot.deadLetteredItems()
            + snapshot.droppedItems()
            + snapshot.bufferedItems();
    long queued = snapshot.bufferedItems() - snapshot.memoryItems();
    long belowZero = Math.min(0, snapshot.memoryItems()) + Math.min(0, queued);
    return belowZero == 0 ? snapshot.receivedItems() - left : belowZero;
  }

  private static long dropped(NodeTelemetry node) {
    return node.drops().values().stream().mapToLong(Drops::items).sum();
  }

  private static long droppedAtExits(NodeTelemetry node) {
    Map<String, Drops> drops = node.drops();
    return items(drops.get(Outlets.UNROUTED)) + items(drops.get(Outlets.FILTERED));
  }

  private static long items(@Nullable Drops drops) {
    return drops == null ? 0 : drops.items();
  }

  /** To be called about once a second. */
  void tick() {
    exactBooks.forEach(BooksCheck::check);
    if (running.getAsBoolean()) {
      books.forEach(BooksCheck::check);
    }
    publish();
  }

  /** Once all has stopped: what holds at every moment must hold in the end. */
  void end() {
    for (Book book : exactBooks) {
      check(book);
      check(book);
    }
    publish();
  }

  private static void check(Book book) {
    long before = book.unaccounted;
    book.unaccounted = book.balance.look();
    if (book.unaccounted == before) {
      return;
    }
    if (book.unaccounted == 0) {
      log.info("{}: the books balance again: {}", book.node.name(), book.balance.equation());
    } else {
      log.error(
          "{}: the books do not balance: {} items are not accounted for in {}; this is a fault of"
              + " the agent, please report it",
          book.node.name(),
          book.unaccounted,
          book.balance.equation());
    }
  }

  private void publish() {
    Stream.concat(exactBooks.stream(), books.stream())
        .map(book -> book.node)
        .distinct()
        .forEach(node -> node.unaccounted(unaccounted(node)));
  }

  private long unaccounted(NodeTelemetry node) {
    return Stream.concat(exactBooks.stream(), books.stream())
        .filter(book -> book.node == node)
        .mapToLong(book -> book.unaccounted)
        .max()
        .orElse(0);
  }
}
