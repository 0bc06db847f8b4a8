package io.forebay.core.processor;

import io.forebay.core.config.Key;
import io.forebay.core.config.Validated;
import io.forebay.core.item.FieldPath;
import java.util.regex.Pattern;

/** The keys of {@code regex_filter}. */
public record RegexFilterConfig(
    @Key(value = "Items in which this regular expression is found pass.", required = true)
        Pattern pattern,
    @Key(
            value = "Whether items in which it is found are turned away instead.",
            defaultValue = "false")
        boolean negate,
    @Key(value = "The field that is searched.", defaultValue = "item.body") String patternFieldPath)
    implements Validated {

  @Override
  public void validate(Complaints complaints) {
    try {
      FieldPath path = FieldPath.parse(patternFieldPath);
      if (path.root().isMap() && path.keys().isEmpty()) {
        complaints.report(
            "pattern_field_path", "names a whole map; name one of its fields, as in " + example());
      }
    } catch (IllegalArgumentException e) {
      complaints.report("pattern_field_path", String.valueOf(e.getMessage()));
    }
  }

  private static String example() {
    return "item.attributes[\"NAME\"]";
  }
}
