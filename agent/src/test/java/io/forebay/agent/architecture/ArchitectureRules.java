package io.forebay.agent.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;

/** How the house is laid out, as rules over its classes. */
final class ArchitectureRules {

  /** Packages of {@code agent-core}, lowest first: each uses only those before it. */
  static final List<String> CORE_PACKAGES =
      List.of(
          "item",
          "config",
          "component",
          "graph",
          "processor",
          "delivery",
          "disk",
          "telemetry",
          "runtime");

  /** Beside them: made from the definition of a protocol, so that it can use none of them. */
  static final String GENERATED = "collector";

  static final ArchRule QUEUE_STANDS_ALONE =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.queue..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.forebay..").and(not(resideInAPackage("io.forebay.queue.."))))
          .because("the queue knows nothing of telemetry");

  static final ArchRule CORE_KNOWS_NO_NODES =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.core..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.forebay.source..", "io.forebay.destination..", "io.forebay.agent.."));

  static final ArchRule SOURCES_KNOW_NO_DESTINATIONS =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.source..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.forebay.destination..", "io.forebay.agent..", "io.forebay.core.runtime.."));

  static final ArchRule DESTINATIONS_KNOW_NO_SOURCES =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.destination..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.forebay.source..", "io.forebay.agent..", "io.forebay.core.runtime.."));

  static final ArchRule NO_CYCLES =
      slices()
          .matching("io.forebay.(**)")
          .should()
          .beFreeOfCycles()
          .because("a package that needs its user cannot be read alone");

  static final ArchRule DELIVERY_AND_RUNTIME_SUBSCRIBE =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.core..")
          .and()
          .resideOutsideOfPackages("io.forebay.core.runtime..", "io.forebay.core.delivery..")
          .should()
          .callMethodWhere(callOn(Publisher.class, "subscribe", "subscribeWith"))
          .because("work starts in one place; delivery starts the attempts that it decides on");

  static final ArchRule NOTHING_BLOCKS =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.forebay.agent..", "io.forebay.queue..")
          .should()
          .callMethodWhere(
              callOn(
                  Publisher.class,
                  "block",
                  "blockOptional",
                  "blockFirst",
                  "blockLast",
                  "toIterable"))
          .because("only the command line may wait");

  static final ArchRule LIBRARIES_DO_NOT_PRINT =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.forebay.agent..", "io.forebay.destination.debug..", "io.forebay.source.stdin..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  static final ArchRule NAMES_ARE_NOUNS_OF_THE_DOMAIN =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl)");

  private ArchitectureRules() {}

  /** One rule for each package of {@code agent-core} but the highest. */
  static List<ArchRule> corePackagesPointDown() {
    List<ArchRule> rules = new ArrayList<>();
    for (int i = 0; i < CORE_PACKAGES.size() - 1; i++) {
      String below = CORE_PACKAGES.get(i);
      String[] above =
          CORE_PACKAGES.subList(i + 1, CORE_PACKAGES.size()).stream()
              .map(name -> "io.forebay.core." + name + "..")
              .toArray(String[]::new);
      rules.add(
          noClasses()
              .that()
              .resideInAPackage("io.forebay.core." + below + "..")
              .should()
              .dependOnClassesThat(resideInAnyPackage(above)));
    }
    return rules;
  }

  private static DescribedPredicate<JavaCall<?>> callOn(Class<?> type, String... names) {
    List<String> wanted = List.of(names);
    return DescribedPredicate.describe(
        type.getSimpleName() + "." + wanted,
        call -> wanted.contains(call.getName()) && call.getTargetOwner().isAssignableTo(type));
  }
}
