package dev.tally.common;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.tally", importOptions = ImportOption.DoNotIncludeTests.class)
class CommonRulesTest {

  @ArchTest
  static final ArchRule commonUsesNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("dev.tally.common..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.tally..").and(resideOutsideOfPackage("dev.tally.common..")));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.tally.common.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule dependenciesComeThroughConstructors = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
}
