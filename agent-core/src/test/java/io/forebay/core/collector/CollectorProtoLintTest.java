package io.forebay.core.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.forebay.core.collector.v1.CollectorOuterClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The rules of buf's STANDARD and COMMENTS categories, as far as they concern one file. One is set
 * aside: the service is called {@code Collector} without the suffix {@code Service}.
 */
class CollectorProtoLintTest {

  private static final Path ROOT = Path.of("src", "main", "proto");
  private static final Path RECORDED = Path.of("src", "test", "resources", "collector", "v1.txt");
  private static final FileDescriptor FILE = CollectorOuterClass.getDescriptor();
  private static final Pattern PASCAL = Pattern.compile("([A-Z][a-z0-9]*)+");
  private static final Pattern SNAKE = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  private static final Pattern DECLARATION =
      Pattern.compile(
          "(message|enum|service|rpc)\\s+\\w+.*"
              + "|((optional|repeated)\\s+)?[\\w.]+\\s+\\w+\\s*=\\s*\\d+.*;"
              + "|[A-Z_0-9]+\\s*=\\s*\\d+.*;");

  @Test
  void thePackageIsVersionedAndStandsInItsDirectory() {
    assertThat(FILE.getPackage()).matches("[a-z]+(\\.[a-z]+)*\\.v[0-9]+");
    assertThat(FILE.getName()).isEqualTo(FILE.getPackage().replace('.', '/') + "/collector.proto");
    assertThat(ROOT.resolve(FILE.getName())).exists();
    assertThat(FILE.toProto().getSyntax()).isEqualTo("proto3");
    assertThat(FILE.getOptions().getJavaPackage()).isEqualTo("io.forebay.core.collector.v1");
  }

  @Test
  void namesAreWrittenAsIsUsual() {
    for (Descriptor message : FILE.getMessageTypes()) {
      assertThat(message.getName()).matches(PASCAL);
      for (FieldDescriptor field : message.getFields()) {
        assertThat(field.getName()).matches(SNAKE);
      }
    }
    for (ServiceDescriptor service : FILE.getServices()) {
      assertThat(service.getName()).matches(PASCAL);
      for (MethodDescriptor method : service.getMethods()) {
        assertThat(method.getName()).matches(PASCAL);
      }
    }
  }

  @Test
  void enumsBeginWithUnspecifiedAndTheirValuesCarryTheirName() {
    for (EnumDescriptor type : FILE.getEnumTypes()) {
      assertThat(type.getName()).matches(PASCAL);
      String prefix =
          type.getName().replaceAll("(?<=[a-z0-9])([A-Z])", "_$1").toUpperCase(Locale.ROOT) + "_";
      assertThat(type.getValues().get(0).getNumber()).isZero();
      assertThat(type.getValues().get(0).getName()).isEqualTo(prefix + "UNSPECIFIED");
      Set<Integer> numbers = new HashSet<>();
      for (EnumValueDescriptor value : type.getValues()) {
        assertThat(value.getName()).startsWith(prefix).matches("[A-Z0-9_]+");
        assertThat(numbers.add(value.getNumber())).as("an alias %s", value.getName()).isTrue();
      }
    }
  }

  @Test
  void eachMethodHasARequestAndAResponseOfItsOwn() {
    Set<String> used = new HashSet<>();
    for (ServiceDescriptor service : FILE.getServices()) {
      for (MethodDescriptor method : service.getMethods()) {
        assertThat(method.getInputType().getName()).isEqualTo(method.getName() + "Request");
        assertThat(method.getOutputType().getName()).isEqualTo(method.getName() + "Response");
        assertThat(used.add(method.getInputType().getName())).isTrue();
        assertThat(used.add(method.getOutputType().getName())).isTrue();
      }
    }
    assertThat(used).hasSize(4);
  }

  @Test
  void everythingIsExplained() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve(FILE.getName()));
    int declarations = 0;
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (DECLARATION.matcher(line).matches() && !line.startsWith("//")) {
        declarations++;
        assertThat(lines.get(i - 1).strip())
            .as("a comment above '%s' in line %d", line, i + 1)
            .startsWith("// ")
            .hasSizeGreaterThan(6);
      }
    }
    assertThat(declarations)
        .isEqualTo(
            listed().size()
                + FILE.getMessageTypes().size()
                + FILE.getEnumTypes().size()
                + FILE.getServices().size());
  }

  /** Numbers and types never change, and nothing goes: only lines are added. */
  @Test
  void whatWasOnceThereStays() throws IOException {
    assertThat(Files.readAllLines(RECORDED)).isEqualTo(listed());
  }

  private static List<String> listed() {
    List<String> lines = new ArrayList<>();
    for (ServiceDescriptor service : FILE.getServices()) {
      for (MethodDescriptor method : service.getMethods()) {
        lines.add(
            "rpc /%s/%s (%s%s) returns (%s%s)"
                .formatted(
                    service.getFullName(),
                    method.getName(),
                    method.isClientStreaming() ? "stream " : "",
                    method.getInputType().getFullName(),
                    method.isServerStreaming() ? "stream " : "",
                    method.getOutputType().getFullName()));
      }
    }
    for (Descriptor message : FILE.getMessageTypes()) {
      for (FieldDescriptor field : message.getFields()) {
        String kind =
            field.isRepeated()
                ? "repeated "
                : field.hasPresence() && isPlain(field) ? "optional " : "";
        lines.add(
            "field %s = %d %s%s"
                .formatted(
                    field.getFullName(),
                    field.getNumber(),
                    kind,
                    field.getType().name().toLowerCase(Locale.ROOT)));
      }
    }
    for (EnumDescriptor type : FILE.getEnumTypes()) {
      for (EnumValueDescriptor value : type.getValues()) {
        lines.add(
            "value %s.%s = %d".formatted(type.getFullName(), value.getName(), value.getNumber()));
      }
    }
    return lines;
  }

  private static boolean isPlain(FieldDescriptor field) {
    return field.getJavaType() != FieldDescriptor.JavaType.MESSAGE;
  }
}
