package dev.tally.common.startup;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Has Spring Boot print why the data does not fit, and no stack trace. */
final class IncompatibleDataAnalyzer extends AbstractFailureAnalyzer<IncompatibleDataException> {

  IncompatibleDataAnalyzer() {}

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, IncompatibleDataException cause) {
    return new FailureAnalysis(cause.getMessage(), null, cause);
  }
}
