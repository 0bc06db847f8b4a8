package io.forebay.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a configuration file into text: bounded, strictly UTF-8, and never with a stack trace. */
final class SourceReader {

  /** More than any pipeline needs; keeps a wrong path (a log, an image) from filling the heap. */
  static final int MAX_BYTES = 1 << 20;

  private SourceReader() {}

  /**
   * Reads {@code path}.
   *
   * @throws UnreadableSourceException with a sentence for people
   */
  static SourceText read(Path path) throws UnreadableSourceException {
    String name = path.toString();
    try {
      if (Files.isDirectory(path)) {
        throw new UnreadableSourceException(
            Position.FILE, "is a directory", "name the pipeline file inside it");
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new UnreadableSourceException(
              Position.FILE,
              "is larger than " + MAX_BYTES + " bytes (1MiB), the most a pipeline file may have",
              "check that this is the pipeline file");
        }
        return new SourceText(name, decode(bytes));
      }
    } catch (NoSuchFileException e) {
      throw new UnreadableSourceException(
          Position.FILE, "no such file", "looked for " + path.toAbsolutePath());
    } catch (AccessDeniedException e) {
      throw new UnreadableSourceException(
          Position.FILE,
          "may not be read by user " + System.getProperty("user.name"),
          "check the owner and mode with: ls -l " + path.toAbsolutePath());
    } catch (IOException e) {
      throw new UnreadableSourceException(
          Position.FILE,
          "cannot be read: " + Quoted.printable(String.valueOf(e.getMessage())),
          null);
    }
  }

  private static String decode(byte[] bytes) throws UnreadableSourceException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
      in.position(3);
    } else if (startsWith(bytes, 0xFF, 0xFE) || startsWith(bytes, 0xFE, 0xFF)) {
      throw new UnreadableSourceException(
          new Position(1, 1), "is UTF-16 text", "save the file as UTF-8");
    }
    CharBuffer out = CharBuffer.allocate(in.remaining());
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    checkCharacters(text);
    if (result.isError()) {
      throw new UnreadableSourceException(
          endOf(text),
          String.format("byte 0x%02x is not UTF-8", in.get(in.position())),
          "save the file as UTF-8");
    }
    return text;
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (bytes.length <= i || (bytes[i] & 0xFF) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** Refuses characters that have no place in YAML, before the parser chokes on them. */
  static void checkCharacters(String text) throws UnreadableSourceException {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (!isAllowed(c)) {
        throw new UnreadableSourceException(
            endOf(text.substring(0, i)),
            String.format("character U+%04X is not allowed in YAML; is this a text file?", c),
            null);
      }
      i += Character.charCount(c);
    }
  }

  private static boolean isAllowed(int c) {
    if (c < 0xA0) {
      return (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n' || c == '\r' || c == 0x85;
    }
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    boolean mark = c == 0xFFFE || c == 0xFFFF || c == 0xFEFF;
    return !surrogate && !mark && !TemplateMask.isMask(c);
  }

  private static Position endOf(String text) {
    int lineStart = text.lastIndexOf('\n') + 1;
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    return new Position(line, 1 + text.codePointCount(lineStart, text.length()));
  }
}
