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
 * How Tally talks to Elasticsearch, on top of what {@code spring.elasticsearch.*} says.
 *
 * <p>The user and the password go with every request. By default they are kept back until
 * Elasticsearch asks for them, which it does with every request anew: each would be sent twice, a
 * bulk of megabytes too.
 *
 * <p>An answer is waited for as long as {@code spring.elasticsearch.socket-timeout} says. By itself
 * that is not so: an Elasticsearch that takes the request and then stands still would be waited for
 * without end.
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
      // what bounds the wait is each request's own
    }

    @Override
    public void customize(RequestConfig.Builder request) {
      request.setResponseTimeout(Timeout.of(timeout));
    }
  }
}
