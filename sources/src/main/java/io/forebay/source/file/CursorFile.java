package io.forebay.source.file;

import io.forebay.source.cursor.CursorPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The cursors of one node on disk: {@code cursors/<node>.json} beneath the agent's data directory,
 * mode 0600, replaced as a whole (written beside it, synced, renamed, directory synced), so that a
 * crash leaves the old file or the new one.
 *
 * <pre>
 * {"version":1,"files":[{"path":"/var/log/a.log","key":"(dev=801,ino=17)","offset":4096,
 *   "fingerprint":"9f86…","fingerprint_bytes":1000,"tail_crc32c":-17,"tail_bytes":256,
 *   "seen_at":1735789700000}]}
 * </pre>
 */
final class CursorFile {

  /** The file is there but cannot be understood. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static final int VERSION = 1;
  private static final long MAX_BYTES = 256L << 20;
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private final CursorPath file;
  private final Path path;

  CursorFile(Path dataDirectory, String nodeName) {
    this.file = new CursorPath(dataDirectory, nodeName, "json");
    this.path = file.path();
  }

  Path path() {
    return path;
  }

  /**
   * Reads the cursors; none when there is no file.
   *
   * @throws DamagedException when its content makes no sense
   * @throws IOException when it cannot be read
   */
  List<CursorEntry> load() throws IOException {
    byte[] bytes;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new DamagedException("larger than " + MAX_BYTES + " bytes", new IOException());
      }
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      return readFiles(parser);
    } catch (JacksonException e) {
      throw new DamagedException(e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new DamagedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Moves a damaged file out of the way and gives its new path. */
  Path keepAside(long nowMillis) throws IOException {
    return file.keepAside(nowMillis);
  }

  /** Writes the cursors; on return they are durable. */
  void save(Collection<CursorEntry> entries) throws IOException {
    file.replace(ByteBuffer.wrap(encode(entries))).close();
  }

  private static byte[] encode(Collection<CursorEntry> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + entries.size() * 256);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeNumberProperty("version", VERSION);
      json.writeArrayPropertyStart("files");
      for (CursorEntry entry : entries) {
        json.writeStartObject();
        json.writeStringProperty("path", entry.path());
        json.writeStringProperty("key", entry.key());
        json.writeNumberProperty("offset", entry.offset());
        json.writeStringProperty("fingerprint", entry.fingerprint().hash());
        json.writeNumberProperty("fingerprint_bytes", entry.fingerprint().length());
        json.writeNumberProperty("tail_crc32c", entry.tail().crc32c());
        json.writeNumberProperty("tail_bytes", entry.tail().length());
        json.writeNumberProperty("seen_at", entry.seenAtMillis());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static List<CursorEntry> readFiles(JsonParser parser) {
    List<CursorEntry> entries = new ArrayList<>();
    boolean complete = false;
    require(parser.nextToken() == JsonToken.START_OBJECT, "not a JSON object");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "version" ->
            require(parser.getIntValue() == VERSION, "unknown version " + parser.getIntValue());
        case "files" -> {
          require(value == JsonToken.START_ARRAY, "files is no list");
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            entries.add(readEntry(parser));
          }
          complete = true;
        }
        default -> parser.skipChildren();
      }
    }
    require(complete, "no list of files");
    return entries;
  }

  private static CursorEntry readEntry(JsonParser parser) {
    String path = "";
    String key = "";
    String hash = "";
    int hashed = 0;
    int tailCrc = 0;
    int tailLength = 0;
    long offset = -1;
    long seenAtMillis = 0;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "path" -> path = parser.getString();
        case "key" -> key = parser.getString();
        case "offset" -> offset = parser.getLongValue();
        case "fingerprint" -> hash = parser.getString();
        case "fingerprint_bytes" -> hashed = parser.getIntValue();
        case "tail_crc32c" -> tailCrc = parser.getIntValue();
        case "tail_bytes" -> tailLength = parser.getIntValue();
        case "seen_at" -> seenAtMillis = parser.getLongValue();
        default -> parser.skipChildren();
      }
    }
    require(
        !path.isEmpty() && offset >= 0 && tailLength >= 0 && tailLength <= Tail.MAX_LENGTH,
        "an entry is incomplete");
    require(hashed >= 0 && hashed <= Fingerprint.MAX_LENGTH, "an entry makes no sense");
    return new CursorEntry(
        path,
        key,
        new Fingerprint(hashed, hash),
        offset,
        new Tail(tailLength, tailCrc),
        seenAtMillis);
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what);
    }
  }
}
