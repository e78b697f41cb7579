package dev.tally.system.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * The dependencies between modules and between packages. The test is here because this module has
 * every other module on its class path.
 */
@AnalyzeClasses(packages = "dev.tally", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest static final ArchRule commonUsesNoOtherModule = uses("dev.tally.common..");

  @ArchTest static final ArchRule theStackUsesNoOtherModule = uses("dev.tally.stack..");

  @ArchTest
  static final ArchRule theTestkitUsesTheStack = uses("dev.tally.testkit..", "dev.tally.stack..");

  @ArchTest
  static final ArchRule theGatewayUsesCommon = uses("dev.tally.gateway..", "dev.tally.common..");

  @ArchTest
  static final ArchRule theWorkerUsesCommon = uses("dev.tally.worker..", "dev.tally.common..");

  @ArchTest static final ArchRule theApiUsesCommon = uses("dev.tally.api..", "dev.tally.common..");

  @ArchTest
  static final ArchRule theGatewayUsesNoSql =
      noClasses()
          .that()
          .resideInAPackage("dev.tally.gateway..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "org.springframework.jdbc..");

  /** The API creates the tokens, and anyone who guesses a token can read and write its app. */
  @ArchTest
  static final ArchRule theApiTakesRandomBitsFromSecureRandom =
      noClasses()
          .that()
          .resideInAPackage("dev.tally.api..")
          .should()
          .callMethodWhere(
              target(
                  owner(
                      assignableTo(RandomGenerator.class)
                          .and(not(assignableTo(SecureRandom.class))))))
          .orShould()
          .callMethod(Math.class, "random");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.tally.(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule dependenciesComeThroughConstructors = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

  /** Allows a module to use itself, these modules, and no other module of Tally. */
  private static ArchRule uses(String module, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.tally..")
                .and(resideOutsideOfPackages(module))
                .and(resideOutsideOfPackages(others)));
  }
}
