package dev.tally.api.search.bound;

import co.elastic.clients.transport.rest5_client.low_level.Rest5ClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.springframework.boot.elasticsearch.autoconfigure.Rest5ClientBuilderCustomizer;
import org.springframework.stereotype.Component;

/** Gives the client a connection for each search that has a turn, and for what else asks. */
@Component
final class SearchConnections implements Rest5ClientBuilderCustomizer {

  /** The check of the service's health. */
  private static final int OTHERS = 2;

  private final SearchProperties properties;

  SearchConnections(SearchProperties properties) {
    this.properties = properties;
  }

  @Override
  public void customize(Rest5ClientBuilder client) {
    // Only the pool has a number of connections.
  }

  @Override
  public void customize(PoolingAsyncClientConnectionManagerBuilder pool) {
    int connections = properties.limit() + OTHERS;
    pool.setMaxConnPerRoute(connections).setMaxConnTotal(connections);
  }
}
