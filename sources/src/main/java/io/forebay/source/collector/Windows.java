package io.forebay.source.collector;

import io.forebay.source.collector.Faults.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The windows of one session that have begun, and those that are early. Guarded by it. */
final class Windows {

  /** Whether a window begins now. */
  enum Entry {
    TAKEN,
    /** The window before it is still coming. */
    EARLY,
    /** Events before it are missing, and nothing brings them. */
    OUT_OF_STEP,
    /** What failed before is still under way. */
    UNWELL
  }

  private final List<Window> begun = new ArrayList<>();
  private final List<Window> early = new ArrayList<>();

  boolean isEmpty() {
    return begun.isEmpty();
  }

  boolean contains(Window window) {
    return begun.contains(window);
  }

  /** Begins a window if its place has come; else it is early until it {@linkplain #remove goes}. */
  Entry enter(Window window, WindowMessage message, Course course) {
    early.remove(window);
    if (course.isBroken()) {
      return Entry.UNWELL;
    }
    boolean known = course.received() != Course.UNKNOWN;
    boolean continues = message.continues();
    long start = continues ? message.continuesFrom() : Math.max(0, message.firstNumber());
    // Without continues_from nothing came before: the window may begin anywhere, save beyond one
    // that is still coming.
    if (known ? start > course.received() : continues && start > 0) {
      boolean coming = begun.stream().anyMatch(other -> !other.isComplete());
      if (coming || continues) {
        early.add(window);
        return coming ? Entry.EARLY : Entry.OUT_OF_STEP;
      }
    }
    if (!known) {
      course.begin(start);
    }
    begun.add(window);
    window.covers(continues ? start : 0);
    return Entry.TAKEN;
  }

  /** The window has ended in another way. */
  void remove(Window window) {
    early.remove(window);
    begun.remove(window);
  }

  void resumeAll() {
    begun.forEach(Window::resume);
  }

  /** Lets those that are early ask again. */
  void wakeEarly() {
    if (!early.isEmpty()) {
      List.copyOf(early).forEach(Window::resume);
    }
  }

  /** Ends those that need a number which will not become safe now. */
  void endFrom(long number, Fault fault) {
    end(window -> !window.isComplete() || window.end() > number, fault);
    wakeEarly();
  }

  /** Ends those of which everything is safe, but cannot become durable. */
  void endUnsaved(long safe, Fault fault) {
    end(window -> window.isComplete() && window.end() <= safe, fault);
  }

  private void end(Predicate<Window> which, Fault fault) {
    begun.removeIf(
        window -> {
          boolean ends = which.test(window);
          if (ends) {
            window.failed(fault);
          }
          return ends;
        });
  }

  /** Answers those that are complete and durable. */
  void answer(long durable) {
    begun.removeIf(
        window -> {
          boolean done = window.isComplete() && window.end() <= durable;
          if (done) {
            window.answered(durable);
          }
          return done;
        });
  }

  /** Whether one waits for nothing but the disk. */
  boolean isSaveDue(long safe, long durable) {
    for (int i = 0; i < begun.size(); i++) {
      Window window = begun.get(i);
      if (window.isComplete() && window.end() <= safe && window.end() > durable) {
        return true;
      }
    }
    return false;
  }
}
