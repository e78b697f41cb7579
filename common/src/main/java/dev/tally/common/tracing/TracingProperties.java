package dev.tally.common.tracing;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Whether a service traces requests, and where it sends spans.
 *
 * @param endpoint base URL of an OTLP receiver that speaks HTTP and Protobuf, for instance {@code
 *     http://localhost:4318}; no tracing if empty
 * @param ratio the share of the service's own traces that is kept; a client that sends a {@code
 *     traceparent} decides for itself
 */
@Validated
@ConfigurationProperties("tally.tracing")
record TracingProperties(String endpoint, @DecimalMin("0") @DecimalMax("1") double ratio) {}
