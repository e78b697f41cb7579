package dev.tally.api.search.bound;

import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.transport.TransportOptions;
import co.elastic.clients.transport.rest5_client.Rest5ClientOptions;
import co.elastic.clients.transport.rest5_client.low_level.HttpAsyncResponseConsumerFactory.BasicAsyncResponseConsumerFactory;
import co.elastic.clients.transport.rest5_client.low_level.RequestOptions;
import java.io.IOException;
import java.util.Optional;
import org.apache.hc.core5.http.ContentTooLongException;
import org.jspecify.annotations.Nullable;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.stereotype.Component;

/**
 * Sends searches to Elasticsearch, and reads no more than {@value #MAX_BYTES} bytes of an answer.
 * The client has an answer in memory as a whole, by default up to 100 MB, and takes up to five
 * times its length while it decodes it.
 */
@Component
public final class BoundedSearch {

  static final int MAX_BYTES = 1024 * 1024;

  /** Leads from the longest page to a handful of the longest messages in four steps. */
  private static final int FEWER = 4;

  private final ElasticsearchTemplate elasticsearch;
  private final TransportOptions bounded;

  BoundedSearch(ElasticsearchTemplate elasticsearch) {
    this.elasticsearch = elasticsearch;
    RequestOptions.Builder options = RequestOptions.DEFAULT.toBuilder();
    options.setHttpAsyncResponseConsumerFactory(new BasicAsyncResponseConsumerFactory(MAX_BYTES));
    this.bounded = new Rest5ClientOptions(options.build(), false);
  }

  /**
   * Sends a search.
   *
   * @return empty if the answer is too long; {@link #fewer} hits may fit
   * @throws org.springframework.dao.DataAccessException if Elasticsearch does not answer
   */
  public <T> Optional<SearchResponse<T>> ask(SearchRequest request, Class<T> document) {
    return elasticsearch.execute(
        client -> {
          try {
            return Optional.of(client.withTransportOptions(bounded).search(request, document));
          } catch (IOException e) {
            if (isTooLong(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** The number of hits to ask for if the answer with so many was too long, at least two. */
  public static int fewer(int hits) {
    return Math.max(2, hits / FEWER);
  }

  private static boolean isTooLong(@Nullable Throwable fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof ContentTooLongException) {
        return true;
      }
    }
    return false;
  }
}
