package io.forebay.core.disk;

import io.forebay.core.config.DataSize;
import io.forebay.core.item.Counted;
import java.nio.file.Path;

/**
 * A queue on disk that no node of the pipeline owns: its node was renamed, removed or disabled, or
 * keeps its data elsewhere now. Nobody delivers it, and nobody deletes it.
 *
 * @param kind what it holds
 * @param node the destination that last owned it; empty when that is not known
 * @param type the type of that destination; empty when that is not known
 * @param directory where it lies: absolute
 * @param records that were not delivered
 * @param diskBytes real bytes of all its files
 * @param oldestMillis when the oldest record came, in milliseconds since the epoch; 0 without one
 * @param inUse whether a process has it open, such as one that is taking it over
 */
public record OrphanedQueue(
    OwnedQueue.Kind kind,
    String node,
    String type,
    Path directory,
    long records,
    long diskBytes,
    long oldestMillis,
    boolean inUse) {

  /** What it is and the two commands that mend it, without a full stop. */
  public String sentence() {
    boolean letters = kind == OwnedQueue.Kind.DEAD_LETTERS;
    String path = quoted(directory.toString());
    return Counted.of(records, letters ? "dead letter" : "record")
        + " ("
        + DataSize.ofBytes(diskBytes).rounded()
        + (records == 1 ? ") lies in " : ") lie in ")
        + directory
        + ", and no node of this pipeline owns "
        + (records == 1 ? "it" : "them")
        + (node.isEmpty() ? "" : "; the last was '" + node + "'")
        + ". With the agent stopped, "
        + (letters
            ? "forebay queue dead-letters replay -c FILE --into NODE " + path
            : "forebay queue adopt -c FILE " + path + " NODE")
        + " gives "
        + (records == 1 ? "it" : "them")
        + " to another node, and forebay queue "
        + (letters ? "dead-letters purge " : "purge --directory ")
        + path
        + (records == 1 ? " removes it" : " removes them");
  }

  private static String quoted(String path) {
    return path.matches("[\\w./+@%=:-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }
}
