package io.forebay.source.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The resource of items that this machine received: {@code host.name}. */
public final class HostResource {

  private static final Map<String, @Nullable Object> RESOURCE = read();

  private HostResource() {}

  /** One map for all, so that the encoder encodes it once. Empty when the name is unknown. */
  public static Map<String, @Nullable Object> get() {
    return RESOURCE;
  }

  private static Map<String, @Nullable Object> read() {
    // Not InetAddress.getLocalHost(): it may wait for a name server.
    String name = kernelName();
    if (name == null) {
      name = System.getenv("HOSTNAME");
    }
    if (name == null) {
      name = System.getenv("COMPUTERNAME");
    }
    return name == null || name.isBlank() ? Map.of() : Map.of("host.name", name.strip());
  }

  private static @Nullable String kernelName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname"));
    } catch (IOException e) {
      return null; // Not Linux: the environment knows.
    }
  }
}
