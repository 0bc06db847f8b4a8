package io.forebay.core.config;

/**
 * A place in a file.
 *
 * @param line counted from 1; 0 when the file as a whole is meant
 * @param column counted from 1, in characters; 0 when the line as a whole is meant
 */
public record Position(int line, int column) implements Comparable<Position> {

  /** The file as a whole. */
  public static final Position FILE = new Position(0, 0);

  @Override
  public int compareTo(Position other) {
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }
}
