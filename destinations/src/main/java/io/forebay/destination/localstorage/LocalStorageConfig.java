package io.forebay.destination.localstorage;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.DestinationSettings;
import io.forebay.core.config.Key;
import io.forebay.core.config.Validated;
import io.forebay.destination.encoding.BatchFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a {@code localstorage_output} node. */
public record LocalStorageConfig(
    @Key(value = "The keys of every destination.", flattened = true) DestinationSettings delivery,
    @Key(
            value = "Directory that files are written beneath; created with mode 0700.",
            required = true)
        Path mountedPath,
    @Key(value = "How files are compressed: gzip, zstd or uncompressed.", defaultValue = "gzip")
        ArchiveCompression compression,
    @Key(
            value = "json writes an item's JSON line, raw its body and a line feed.",
            defaultValue = "json")
        Encoding encoding,
    @Key("Directories beneath mounted_path; Year/Month/Day/Hour (UTC) when missing.")
        @Nullable PathPrefixSettings pathPrefix,
    @Key(
            value = "Age at which a file is finished and gets its final name.",
            defaultValue = "30m",
            min = 10)
        Duration flushInterval,
    @Key(
            value = "Bytes, as compressed, after which a file is finished.",
            defaultValue = "16MB",
            min = 1)
        DataSize maxByteLimit) {

  /** What is written of an item. */
  public enum Encoding {
    JSON(BatchFormat.NDJSON, ".json"),
    RAW(BatchFormat.RAW, ".log");

    private final BatchFormat format;
    private final String fileExtension;

    Encoding(BatchFormat format, String fileExtension) {
      this.format = format;
      this.fileExtension = fileExtension;
    }

    BatchFormat format() {
      return format;
    }

    String fileExtension() {
      return fileExtension;
    }
  }

  /** The {@code path_prefix} block. */
  public record PathPrefixSettings(
      @Key(
              value =
                  "What fills the placeholders, in order: Year, Month, Day, Hour, Minute, \"<n> Minute\" (steps of n minutes), tag, host. Times are UTC.",
              required = true)
          List<String> order,
      @Key(
              value = "The path with a placeholder (%s, %d or %0<n>d) for each, such as %s/%s/.",
              required = true)
          String format)
      implements Validated {

    public PathPrefixSettings {
      order = List.copyOf(order);
    }

    @Override
    public void validate(Complaints complaints) {
      try {
        PathPrefix.of(this);
      } catch (IllegalArgumentException e) {
        complaints.report(
            e instanceof PathPrefix.UnknownPartException ? "order" : "format",
            String.valueOf(e.getMessage()));
      }
    }
  }
}
