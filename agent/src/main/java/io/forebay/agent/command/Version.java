package io.forebay.agent.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** The program's version, from its manifest. */
final class Version implements IVersionProvider {

  /** For picocli. */
  Version() {}

  static String current() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"forebay " + current()};
  }
}
