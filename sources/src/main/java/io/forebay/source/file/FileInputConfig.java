package io.forebay.source.file;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;
import io.forebay.core.config.Validated;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of {@code file_input}. */
public record FileInputConfig(
    @Key(
            value =
                "Files to follow: a glob or a list of globs, with * ? [] {} within a name and ** for any directories.",
            required = true)
        List<String> path,
    @Key("Globs of files to leave out; one without a slash is matched against the name alone.")
        List<String> exclude,
    @Key("Regular expression that is found in the first line of an item of several lines.")
        @Nullable Pattern linePattern,
    @Key(
            value = "Quiet time after which an item of several lines counts as complete.",
            defaultValue = "5s",
            min = 1)
        Duration multilineFlushInterval,
    @Key(value = "Lines in an item at most.", defaultValue = "250", min = 1) int multilineMaxSize,
    @Key(
            value = "Bytes in an item of several lines at most.",
            defaultValue = "1MiB",
            min = 1,
            max = 64 << 20)
        DataSize multilineMaxByteSize,
    @Key(
            value = "Bytes of a line at most; the rest of a longer line is cut off and counted.",
            defaultValue = "1MiB",
            min = 1,
            max = 64 << 20)
        DataSize maxLineSize,
    @Key(
            value = "Whether the place reached in each file is kept on disk over a restart.",
            defaultValue = "true")
        boolean enablePersistingCursor,
    @Key(value = "Time between two writes of the cursors at least.", defaultValue = "1s", min = 1)
        Duration cursorFlushInterval,
    @Key(
            value = "Bytes at the beginning of a file by which it is recognised.",
            defaultValue = "1000B",
            min = 16,
            max = 65536)
        DataSize fingerprintSize,
    @Key(
            value = "Where files without a cursor begin that are there when the node starts.",
            defaultValue = "beginning")
        StartAt startAt,
    @Key(value = "Time between two searches for new files.", defaultValue = "5s", min = 1)
        Duration discoveryInterval,
    @Key(
            value =
                "Time between two looks at a file for new lines; up to eight times as long for an idle file.",
            defaultValue = "250ms",
            min = 1)
        Duration pollInterval,
    @Key(
            value =
                "Time that a file may stay unchanged after it was renamed or deleted before it counts as finished.",
            defaultValue = "5s",
            min = 1)
        Duration rotateWait,
    @Key(
            value = "Files held open at once at most, those apart that were renamed or deleted.",
            defaultValue = "512",
            min = 1)
        int maxOpenFiles,
    @Key(
            value = "Bytes of one file that may be read beyond its cursor.",
            defaultValue = "8MiB",
            min = 1)
        DataSize maxUnacknowledgedSize,
    @Key(
            value = "Whether the attribute ingestion_time (milliseconds since the epoch) is added.",
            defaultValue = "false")
        boolean addIngestionTime,
    @Key(
            value =
                "Whether the path is put into the resource as well, so that each file is a source.",
            defaultValue = "false")
        boolean separateSource)
    implements Validated {

  /** Where a file without a cursor begins. */
  public enum StartAt {
    BEGINNING,
    END
  }

  @Override
  public void validate(Complaints complaints) {
    if (path.isEmpty()) {
      complaints.report("path", "path names no file; give a glob such as /var/log/app/*.log");
    }
    path.forEach(glob -> check("path", glob, complaints));
    exclude.forEach(glob -> check("exclude", glob, complaints));
  }

  private static void check(String key, String glob, Complaints complaints) {
    try {
      Glob.parse(glob);
    } catch (IllegalArgumentException e) {
      complaints.report(key, String.valueOf(e.getMessage()));
    }
  }
}
