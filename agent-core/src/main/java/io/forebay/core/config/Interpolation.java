package io.forebay.core.config;

import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code {{ Env "NAME" }}}, {@code {{ Env "NAME" "default" }}}, {@code {{env:NAME}}} and
 * {@code {{ SECRET name }}} in values. What is put in is taken as it is and not looked at for
 * templates again.
 */
public final class Interpolation {

  private static final Pattern TEMPLATE =
      Pattern.compile(
          "\\{\\{\\s*(?:Env\\s+\"(?<env>[^\"]*)\"(?:\\s+\"(?<default>[^\"]*)\")?|env:(?<short>[^\\s{}\"]+)"
              + "|SECRET\\s+\"?(?<secret>[^\\s{}\"]+)\"?)\\s*\\}\\}");
  private static final Pattern BROKEN =
      Pattern.compile("\\{\\{\\s*(?:[Ee]nv\\b|ENV\\b|SECRET\\b|[Ss]ecret\\b)");

  private final Function<String, @Nullable String> environment;
  private final Map<String, Yaml.Scalar> secrets;

  /**
   * @param environment looks a variable up; null when it is not set
   * @param secrets values of the pipeline's secrets by name
   */
  public Interpolation(
      Function<String, @Nullable String> environment, Map<String, Yaml.Scalar> secrets) {
    this.environment = environment;
    this.secrets = Map.copyOf(secrets);
  }

  /**
   * A value, ready to be read.
   *
   * @param text with all templates replaced
   * @param secret whether part of it came out of a secret
   * @param shown how messages speak of it: quoted, or by its template when it came from outside
   */
  public record Value(String text, String shown, boolean secret) {
    @Override
    public String toString() {
      return shown;
    }
  }

  /** The value of {@code scalar}, or null after its problems were reported. */
  public @Nullable Value resolve(Yaml.Scalar scalar, BindScope scope) {
    return resolve(scalar, scalar.position(), scope, true);
  }

  private @Nullable Value resolve(
      Yaml.Scalar scalar, Position at, BindScope scope, boolean secretsAllowed) {
    String text = scalar.text();
    if (!text.contains("{{")) {
      return new Value(text, Quoted.of(text), false);
    }
    Matcher matcher = TEMPLATE.matcher(text);
    StringBuilder out = new StringBuilder();
    boolean replaced = false;
    boolean secret = false;
    boolean failed = false;
    while (matcher.find()) {
      String name = matcher.group("secret");
      String value;
      if (name == null) {
        value = environmentValue(matcher, at, scope);
      } else if (secretsAllowed) {
        value = secretValue(name, at, scope);
        secret = true;
      } else {
        scope.error(at, "a secret's value may not refer to another secret", null);
        value = null;
      }
      failed |= value == null;
      replaced = true;
      matcher.appendReplacement(out, Matcher.quoteReplacement(value == null ? "" : value));
    }
    if (BROKEN.matcher(text.replaceAll(TEMPLATE.pattern(), "")).find()) {
      scope.error(
          at,
          "the template in " + Quoted.of(text) + " is not well formed",
          "write {{ Env \"NAME\" }}, {{ Env \"NAME\" \"default\" }} or {{ SECRET name }}");
      failed = true;
    }
    if (failed) {
      return null;
    }
    matcher.appendTail(out);
    String shown = replaced ? "the value of " + Quoted.of(text) : Quoted.of(text);
    return new Value(out.toString(), shown, secret);
  }

  private @Nullable String environmentValue(Matcher matcher, Position at, BindScope scope) {
    String quoted = matcher.group("env");
    String name = quoted != null ? quoted : matcher.group("short");
    String value = environment.apply(name);
    if (value == null) {
      value = matcher.group("default");
    }
    if (value == null) {
      scope.error(
          at,
          "environment variable " + Quoted.of(name) + " is not set",
          "set it, or give a default: {{ Env " + '"' + name + "\" \"default\" }}");
    }
    return value;
  }

  private @Nullable String secretValue(String name, Position at, BindScope scope) {
    Yaml.Scalar secret = secrets.get(name);
    if (secret == null) {
      scope.unknown(
          at, "no secret " + Quoted.of(name) + " in the block 'secrets'", name, secrets.keySet());
      return null;
    }
    Value value = resolve(secret, at, scope, false);
    return value == null ? null : value.text();
  }
}
