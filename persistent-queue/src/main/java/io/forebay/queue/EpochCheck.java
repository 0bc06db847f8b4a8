package io.forebay.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Finds segments that were put beside a state file which is not theirs. */
record EpochCheck(DirectoryView view, long epoch, Path directory) {

  static final String STRANGE = "belongs to another queue than the state file beside it";

  /** Whether opening refuses the directory for it: only the newest segment is looked at then. */
  boolean refuses() throws IOException {
    SegmentHeader newest =
        view.segments().isEmpty() ? null : view.header(view.segments().lastKey());
    return newest != null && newest.epoch() != epoch;
  }

  void tell(Consumer<Damage> damages) throws IOException {
    for (Long first : view.segments().keySet()) {
      SegmentHeader header = view.header(first);
      if (header != null && header.epoch() != epoch) {
        damages.accept(
            new Damage(
                directory.resolve(SegmentHeader.fileName(first)),
                0,
                SegmentHeader.BYTES,
                first,
                first,
                0,
                STRANGE));
      }
    }
  }
}
