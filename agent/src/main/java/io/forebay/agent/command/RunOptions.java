package io.forebay.agent.command;

import io.forebay.agent.admin.AdminAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What {@code forebay run} can be told. */
final class RunOptions {

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The pipeline file.")
  Path config = Path.of("");

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9710",
      converter = AdminAddressConverter.class,
      description = {
        "Where metrics, health and status are served, or off. Anyone who reaches it can read it.",
        "Default: ${DEFAULT-VALUE}"
      })
  AdminAddress admin = AdminAddress.DEFAULT;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = {
        "Where cursors and dead letters are kept; created with mode 0700.",
        "Default: $FOREBAY_DATA_DIR, or /var/lib/forebay"
      })
  @Nullable Path dataDirectory;

  /** For picocli. */
  static final class AdminAddressConverter implements ITypeConverter<AdminAddress> {
    @Override
    public AdminAddress convert(String value) {
      try {
        return AdminAddress.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
