package dev.tally.common;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
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
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.tally.gateway..",
              "dev.tally.worker..",
              "dev.tally.api..",
              "dev.tally.stack..",
              "dev.tally.local..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.tally.common.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule dependenciesComeThroughConstructors =
      noFields()
          .should()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
          .orShould()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Value");
}
