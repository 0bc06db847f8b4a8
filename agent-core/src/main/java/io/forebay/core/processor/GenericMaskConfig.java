package io.forebay.core.processor;

import io.forebay.core.config.Key;
import io.forebay.core.config.Validated;
import io.forebay.core.item.FieldPath;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys of {@code generic_mask}. */
public record GenericMaskConfig(
    @Key(value = "What is masked, applied in this order.", required = true)
        List<CaptureGroupMask> captureGroupMasks,
    @Key("Fields that are masked; the body and all attributes when missing.")
        List<String> includedFieldPaths,
    @Key("Fields that are not, though they lie within those.") List<String> excludedFieldPaths)
    implements Validated {

  /** One of {@code capture_group_masks}. */
  public record CaptureGroupMask(
      @Key("A name for people.") @Nullable String name,
      @Key(value = "Whether it is applied.", defaultValue = "true") boolean enabled,
      @Key(
              value =
                  "Regular expression; its groups are masked or, when it has none, all that it matches.",
              required = true)
          Pattern captureGroup,
      @Key(value = "What is put in the place of it.", defaultValue = "REDACTED") String mask) {}

  @Override
  public void validate(Complaints complaints) {
    if (captureGroupMasks.isEmpty()) {
      complaints.report("capture_group_masks", "is empty, so nothing would be masked; add a mask");
    }
    check("included_field_paths", includedFieldPaths, complaints);
    check("excluded_field_paths", excludedFieldPaths, complaints);
  }

  private static void check(String key, List<String> paths, Complaints complaints) {
    for (String path : paths) {
      try {
        FieldPath.parse(path);
      } catch (IllegalArgumentException e) {
        complaints.report(key, String.valueOf(e.getMessage()));
      }
    }
  }
}
