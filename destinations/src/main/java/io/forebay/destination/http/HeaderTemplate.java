package io.forebay.destination.http;

import io.forebay.core.config.Key;
import io.forebay.core.config.Secret;
import io.forebay.core.config.Validated;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One of {@code header_templates}: a header into which the access token is put. */
public record HeaderTemplate(
    @Key(value = "Name of the header.", required = true) String header,
    @Key(
            value = "Its value, {{ .access_token }} standing for the token; never printed.",
            required = true)
        Secret value)
    implements Validated {

  private static final Pattern TOKEN =
      Pattern.compile("\\{\\{\\s*\\.?access_?token\\s*\\}\\}", Pattern.CASE_INSENSITIVE);

  /** Whether the token stands in it. */
  boolean holdsToken() {
    return TOKEN.matcher(value.reveal()).find();
  }

  /** The value with the token put in. */
  String filled(AccessToken token) {
    return TOKEN.matcher(value.reveal()).replaceAll(Matcher.quoteReplacement(token.value()));
  }

  @Override
  public void validate(Complaints complaints) {
    HeaderRules.checkName("header", header, complaints);
    String rest = TOKEN.matcher(value.reveal()).replaceAll("");
    HeaderRules.checkValue("value", header, rest, complaints);
    if (rest.contains("{{")) {
      complaints.report("value", "a header template knows {{ .access_token }} and nothing else");
    }
  }
}
