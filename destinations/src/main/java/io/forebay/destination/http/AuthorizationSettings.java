package io.forebay.destination.http;

import io.forebay.core.config.Key;
import io.forebay.core.config.Secret;
import io.forebay.core.config.Validated;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The {@code authorization} block: OAuth 2.0 with the client credentials grant (RFC 6749, 4.4). */
public record AuthorizationSettings(
    @Key(
            value =
                "The grant: client_credentials, which Edge Delta calls oauth_client_credentials.",
            defaultValue = "client_credentials")
        Strategy strategy,
    @Key(value = "Where and with what a token is asked for.", required = true)
        ClientCredentials clientCredentials) {

  /** The grant that is used. */
  public enum Strategy {
    CLIENT_CREDENTIALS,
    OAUTH_CLIENT_CREDENTIALS
  }

  /** How the client names itself to the token endpoint. */
  public enum ClientAuthentication {
    /** HTTP Basic, which every server must understand. */
    HEADER,
    /** {@code client_id} and {@code client_secret} in the form. */
    BODY
  }

  /** The {@code client_credentials} block. */
  public record ClientCredentials(
      @Key(value = "The token endpoint: a whole http or https URL.", required = true) URI tokenUrl,
      @Key(value = "The client's identifier.", required = true) String clientId,
      @Key(value = "The client's secret.", required = true) Secret clientSecret,
      @Key("Scopes to ask for.") List<String> scopes,
      @Key("Further parameters of the request, such as audience.")
          Map<String, String> extraParameters,
      @Key("Headers that carry the token; Authorization: Bearer when none of them does.")
          List<HeaderTemplate> headerTemplates,
      @Key(
              value = "header sends the credentials as HTTP Basic, body in the form.",
              defaultValue = "header")
          ClientAuthentication clientAuthentication)
      implements Validated {

    public ClientCredentials {
      scopes = List.copyOf(scopes);
      extraParameters = Map.copyOf(extraParameters);
      headerTemplates = List.copyOf(headerTemplates);
    }

    @Override
    public void validate(Complaints complaints) {
      EndpointRules.check("token_url", tokenUrl, complaints);
    }

    @Override
    public String toString() {
      // Extra parameters are plain text to the file, but some servers take secrets there.
      return "ClientCredentials[tokenUrl=" + EndpointRules.describe(tokenUrl) + "]";
    }
  }
}
