package dev.tally.common.search;

import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.springframework.boot.elasticsearch.autoconfigure.ElasticsearchConnectionDetails;
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
}
