package io.forebay.destination.encoding;

/** How the items of a batch become a body. Immutable. */
public interface BodyForm {

  /** The media type of such a body. */
  String contentType();

  /** Whether it is the items' own encoded lines, so that those may be sent as they lie. */
  default boolean isEncodedLines() {
    return false;
  }

  /** A writer for one thread at a time. */
  BodyWriter newWriter();
}
