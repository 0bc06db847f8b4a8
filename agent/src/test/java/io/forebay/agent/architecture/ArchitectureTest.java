package io.forebay.agent.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.forebay.core.broken.first.FirstOfCycle;
import io.forebay.core.broken.second.SecondOfCycle;
import io.forebay.core.item.broken.ItemKnowsConfig;
import io.forebay.core.processor.broken.BlockingProcessor;
import io.forebay.core.processor.broken.PrintingProcessor;
import io.forebay.core.processor.broken.ProcessorSubscribes;
import io.forebay.core.processor.broken.QueueManager;
import io.forebay.destination.broken.NeighbourDestination;
import io.forebay.queue.broken.QueueKnowsItems;
import io.forebay.source.broken.SourceKnowsDestination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the house to its rules, and each rule to a class that breaks it. */
class ArchitectureTest {

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.forebay");

  static Stream<ArchRule> rules() {
    return Stream.concat(
        Stream.of(
            ArchitectureRules.QUEUE_STANDS_ALONE,
            ArchitectureRules.CORE_KNOWS_NO_NODES,
            ArchitectureRules.SOURCES_KNOW_NO_DESTINATIONS,
            ArchitectureRules.DESTINATIONS_KNOW_NO_SOURCES,
            ArchitectureRules.NO_CYCLES,
            ArchitectureRules.DELIVERY_AND_RUNTIME_SUBSCRIBE,
            ArchitectureRules.NOTHING_BLOCKS,
            ArchitectureRules.LIBRARIES_DO_NOT_PRINT,
            ArchitectureRules.NAMES_ARE_NOUNS_OF_THE_DOMAIN),
        ArchitectureRules.corePackagesPointDown().stream());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theHouseKeepsTheRule(ArchRule rule) {
    rule.allowEmptyShould(true).check(HOUSE);
  }

  static Stream<Map.Entry<ArchRule, List<Class<?>>>> breaches() {
    return Stream.of(
        Map.entry(ArchitectureRules.QUEUE_STANDS_ALONE, List.of(QueueKnowsItems.class)),
        Map.entry(
            ArchitectureRules.SOURCES_KNOW_NO_DESTINATIONS,
            List.of(SourceKnowsDestination.class, NeighbourDestination.class)),
        Map.entry(ArchitectureRules.NO_CYCLES, List.of(FirstOfCycle.class, SecondOfCycle.class)),
        Map.entry(
            ArchitectureRules.DELIVERY_AND_RUNTIME_SUBSCRIBE, List.of(ProcessorSubscribes.class)),
        Map.entry(ArchitectureRules.NOTHING_BLOCKS, List.of(BlockingProcessor.class)),
        Map.entry(ArchitectureRules.LIBRARIES_DO_NOT_PRINT, List.of(PrintingProcessor.class)),
        Map.entry(ArchitectureRules.NAMES_ARE_NOUNS_OF_THE_DOMAIN, List.of(QueueManager.class)),
        Map.entry(
            ArchitectureRules.corePackagesPointDown().get(0), List.of(ItemKnowsConfig.class)));
  }

  @ParameterizedTest
  @MethodSource("breaches")
  void theRuleSeesABreach(Map.Entry<ArchRule, List<Class<?>>> breach) {
    JavaClasses offenders = new ClassFileImporter().importClasses(breach.getValue());

    assertThat(breach.getKey().evaluate(offenders).hasViolation()).isTrue();
  }

  @Test
  void everyPackageOfCoreHasItsPlace() {
    assertThat(
            HOUSE.stream()
                .map(type -> type.getPackageName())
                .filter(name -> name.startsWith("io.forebay.core."))
                .map(name -> name.substring("io.forebay.core.".length()).replaceAll("\\..*", ""))
                .distinct())
        .isSubsetOf(
            Stream.concat(
                    ArchitectureRules.CORE_PACKAGES.stream(),
                    Stream.of(ArchitectureRules.GENERATED))
                .toList());
  }

  @Test
  void everyPackageSaysWhatBelongsThere() throws IOException {
    Path root = Path.of("").toAbsolutePath().getParent();
    TreeSet<Path> silent = new TreeSet<>();
    for (String module :
        List.of("persistent-queue", "agent-core", "sources", "destinations", "agent")) {
      Path sources = root.resolve(module).resolve("src/main/java");
      if (!Files.isDirectory(sources)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(Path::getParent)
            .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
            .forEach(silent::add);
      }
    }
    assertThat(silent).isEmpty();
  }
}
