package io.forebay.core.config;

import org.jspecify.annotations.Nullable;

/**
 * The {@code authentication} block that sources and destinations share: HTTP Basic or a bearer
 * token.
 */
public record AuthenticationSettings(
    @Key(value = "basic (username and password) or bearer (secret).", required = true)
        Strategy strategy,
    @Key("User name, for basic.") @Nullable String username,
    @Key("Password, for basic.") @Nullable Secret password,
    @Key("The token, for bearer.") @Nullable Secret secret)
    implements Validated {

  /** How the other side is identified. */
  public enum Strategy {
    BASIC,
    BEARER
  }

  @Override
  public void validate(Complaints complaints) {
    if (strategy == Strategy.BASIC && (username == null || password == null)) {
      complaints.report(
          username == null ? "username" : "password", "strategy basic needs username and password");
    }
    if (strategy == Strategy.BEARER && secret == null) {
      complaints.report("secret", "strategy bearer needs secret");
    }
  }
}
