package dev.tally.worker.index;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch.core.MgetResponse;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.core.mget.MultiGetResponseItem;
import co.elastic.clients.elasticsearch.core.search.Hit;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** Reads the documents of the live index, to compare them with MySQL. */
@Component
public class IndexedMessages {

  private final ElasticsearchClient client;

  IndexedMessages(ElasticsearchClient client) {
    this.client = client;
  }

  /** The part of a document that is compared. */
  record Body(String body) {}

  /**
   * The bodies of those of the messages that are indexed. Documents that no search shows yet are
   * included.
   */
  public Map<MessageKey, String> bodies(List<MessageKey> keys) {
    Map<MessageKey, String> bodies = new HashMap<>();
    try {
      MgetResponse<Body> response =
          client.mget(
              request -> {
                request.index(SearchCluster.SEARCHED).sourceIncludes("body");
                for (MessageKey key : keys) {
                  request.docs(
                      doc -> doc.id(Document.id(key)).routing(Document.routing(key.chat())));
                }
                return request;
              },
              Body.class);
      List<MultiGetResponseItem<Body>> items = response.docs();
      for (int i = 0; i < items.size(); i++) {
        MultiGetResponseItem<Body> item = items.get(i);
        if (item.isFailure()) {
          throw new IllegalStateException(
              "Elasticsearch cannot read %s: %s"
                  .formatted(Document.id(keys.get(i)), item.failure().error().type()));
        }
        Body body = item.result().source();
        if (body != null) {
          bodies.put(keys.get(i), body.body());
        }
      }
      return bodies;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Passes the keys of all documents to a consumer, page by page, in key order. */
  public void forEachPage(int size, Consumer<List<MessageKey>> consumer) {
    List<FieldValue> after = List.of();
    try {
      client.indices().refresh(refresh -> refresh.index(SearchCluster.SEARCHED));
      while (true) {
        List<FieldValue> from = after;
        SearchResponse<Void> page =
            client.search(
                search -> {
                  search
                      .index(SearchCluster.SEARCHED)
                      .size(size)
                      .source(source -> source.fetch(false))
                      .trackTotalHits(total -> total.enabled(false));
                  for (String field : List.of("app", "chat", "number")) {
                    search.sort(sort -> sort.field(by -> by.field(field).order(SortOrder.Asc)));
                  }
                  return from.isEmpty() ? search : search.searchAfter(from);
                },
                Void.class);
        List<Hit<Void>> hits = page.hits().hits();
        if (hits.isEmpty()) {
          return;
        }
        consumer.accept(
            hits.stream()
                .map(hit -> hit.sort())
                .map(
                    sort ->
                        new MessageKey(
                            new ChatKey(sort.get(0).longValue(), sort.get(1).longValue()),
                            sort.get(2).longValue()))
                .toList());
        after = hits.getLast().sort();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
