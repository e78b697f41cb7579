package dev.tally.common.search;

import co.elastic.clients.transport.rest5_client.low_level.Rest5ClientBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.Timeout;
import org.springframework.boot.elasticsearch.autoconfigure.ElasticsearchConnectionDetails;
import org.springframework.boot.elasticsearch.autoconfigure.ElasticsearchProperties;
import org.springframework.boot.elasticsearch.autoconfigure.Rest5ClientBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * Configures the Elasticsearch client beyond {@code spring.elasticsearch.*}.
 *
 * <p>It sends user and password with every request. By default the client waits until Elasticsearch
 * asks for them, which Elasticsearch does each time, so each request would be sent twice.
 *
 * <p>{@code spring.elasticsearch.socket-timeout} bounds the wait for an answer. By default the
 * client would wait forever for an Elasticsearch that accepts a request and then hangs.
 */
@Configuration(proxyBeanMethods = false)
public class ElasticsearchClientConfiguration {

  @Bean
  Rest5ClientBuilderCustomizer authenticateUnasked(ElasticsearchConnectionDetails details) {
    return client -> {
      String user = details.getUsername();
      String password = details.getPassword();
      if (StringUtils.hasText(user) && password != null) {
        String credentials = HttpHeaders.encodeBasicAuth(user, password, StandardCharsets.UTF_8);
        client.setDefaultHeaders(
            new Header[] {new BasicHeader(HttpHeaders.AUTHORIZATION, "Basic " + credentials)});
      }
    };
  }

  @Bean
  Rest5ClientBuilderCustomizer boundedWait(ElasticsearchProperties properties) {
    return new BoundedWait(properties.getSocketTimeout());
  }

  private record BoundedWait(Duration timeout) implements Rest5ClientBuilderCustomizer {

    @Override
    public void customize(Rest5ClientBuilder client) {
      // Only the configuration of requests has a response timeout.
    }

    @Override
    public void customize(RequestConfig.Builder request) {
      request.setResponseTimeout(Timeout.of(timeout));
    }
  }
}
