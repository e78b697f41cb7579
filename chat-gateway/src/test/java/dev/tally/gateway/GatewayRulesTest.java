package dev.tally.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.tally", importOptions = ImportOption.DoNotIncludeTests.class)
class GatewayRulesTest {

  private static final DescribedPredicate<JavaClass> OF_ANOTHER_MODULE =
      JavaClass.Predicates.resideInAPackage("dev.tally..")
          .and(
              DescribedPredicate.not(
                  JavaClass.Predicates.resideInAnyPackage(
                      "dev.tally.gateway..", "dev.tally.common..")))
          .as("classes of a module other than chat-gateway and common");

  @ArchTest
  static final ArchRule onlyCommonIsUsed =
      classes()
          .that()
          .resideInAPackage("dev.tally.gateway..")
          .should()
          .onlyDependOnClassesThat(DescribedPredicate.not(OF_ANOTHER_MODULE));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.tally.gateway.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule dependenciesComeThroughConstructors =
      noFields()
          .should()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
          .orShould()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Value");
}
