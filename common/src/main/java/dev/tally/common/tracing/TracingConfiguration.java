package dev.tally.common.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Traces a service, if configuration names a receiver. A bounded queue of spans is sent in the
 * background, and spans that do not fit are dropped, so a slow receiver delays no request.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(TracingConfiguration.ReceiverGiven.class)
@EnableConfigurationProperties(TracingProperties.class)
public class TracingConfiguration {

  private static final Duration SEND_PATIENCE = Duration.ofSeconds(2);

  @Bean(destroyMethod = "close")
  SdkTracerProvider tracerProvider(
      TracingProperties properties, @Value("${spring.application.name}") String service) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(properties.endpoint().replaceFirst("/+$", "") + "/v1/traces")
            .setTimeout(SEND_PATIENCE)
            .build();
    return SdkTracerProvider.builder()
        .setResource(
            Resource.getDefault()
                .merge(
                    Resource.create(
                        Attributes.of(AttributeKey.stringKey("service.name"), service))))
        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(properties.ratio())))
        .addSpanProcessor(
            BatchSpanProcessor.builder(exporter).setExporterTimeout(SEND_PATIENCE).build())
        .build();
  }

  @Bean
  Tracer tracer(SdkTracerProvider provider) {
    return provider.get("dev.tally");
  }

  @Bean
  FilterRegistrationBean<ServerSpans> serverSpans(Tracer tracer) {
    FilterRegistrationBean<ServerSpans> registration =
        new FilterRegistrationBean<>(new ServerSpans(tracer));
    registration.addUrlPatterns("/apps", "/apps/*");
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  /** An expression with the endpoint in it would be quoted if it cannot be parsed. */
  static final class ReceiverGiven implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return StringUtils.hasText(context.getEnvironment().getProperty("tally.tracing.endpoint"));
    }
  }
}
