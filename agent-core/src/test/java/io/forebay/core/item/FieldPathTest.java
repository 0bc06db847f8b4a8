package io.forebay.core.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldPathTest {

  private static final Item ITEM =
      new Item(
          ItemKind.LOG,
          1,
          ByteSlice.utf8("the body"),
          "WARN",
          Map.of("host.name", "web-1"),
          Map.of("user", Map.of("name", "ann"), "log.file.path", "/var/log/x", "seq", 7L));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "item.body | the body",
        "body | the body",
        "item.severity_text | WARN",
        "item.attributes.user.name | ann",
        "item[\"attributes\"]['user'].name | ann",
        "item.attributes[\"log.file.path\"] | /var/log/x",
        "item.attributes.log.file.path | /var/log/x",
        "attributes.seq | 7",
        "item.resource[\"host.name\"] | web-1",
        "item.resource.host.name | web-1"
      })
  void findsTheField(String path, String value) {
    assertThat(FieldPath.parse(path).get(ITEM)).hasToString(value);
  }

  @Test
  void findsNothingWhereNothingStands() {
    assertThat(FieldPath.parse("item.attributes.user.name.first").get(ITEM)).isNull();
    assertThat(FieldPath.parse("item.attributes.missing").get(ITEM)).isNull();
    assertThat(FieldPath.parse("item.resource.a.b").get(ITEM)).isNull();
  }

  @Test
  void namesAWholeMap() {
    assertThat(FieldPath.parse("item.attributes").keys()).isEqualTo(List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "item",
        "item.",
        "item.bodies",
        "item.body.x",
        "item..body",
        "item.attributes[user]",
        "item.attributes[\"user",
        ".body",
        "["
      })
  void refusesWhatIsNoPath(String path) {
    assertThatThrownBy(() -> FieldPath.parse(path)).isInstanceOf(IllegalArgumentException.class);
  }
}
