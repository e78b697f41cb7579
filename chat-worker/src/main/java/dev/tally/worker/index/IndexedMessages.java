package dev.tally.worker.index;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.data.domain.Sort;
import org.springframework.data.elasticsearch.ElasticsearchErrorCause;
import org.springframework.data.elasticsearch.client.elc.NativeQuery;
import org.springframework.data.elasticsearch.core.ElasticsearchOperations;
import org.springframework.data.elasticsearch.core.MultiGetItem;
import org.springframework.data.elasticsearch.core.SearchHit;
import org.springframework.data.elasticsearch.core.mapping.IndexCoordinates;
import org.springframework.data.elasticsearch.core.query.FetchSourceFilter;
import org.springframework.data.elasticsearch.core.query.Query;
import org.springframework.stereotype.Component;

/** Reads the documents of the live index, to compare them with MySQL. */
@Component
public class IndexedMessages {

  private static final IndexCoordinates SEARCHED = IndexCoordinates.of(SearchCluster.SEARCHED);
  private static final Sort BY_KEY = Sort.by("app", "chat", "number");

  private final ElasticsearchOperations elasticsearch;

  IndexedMessages(ElasticsearchOperations elasticsearch) {
    this.elasticsearch = elasticsearch;
  }

  /** The part of a document that is compared. */
  record Body(String body) {}

  /** The part of a document that names its message. */
  record Place(long app, long chat, long number) {

    MessageKey key() {
      return new MessageKey(new ChatKey(app, chat), number);
    }
  }

  /**
   * The bodies of those of the messages that are indexed. Documents that no search shows yet are
   * included.
   */
  public Map<MessageKey, String> bodies(List<MessageKey> keys) {
    Query query =
        NativeQuery.builder()
            .withIdsWithRouting(
                keys.stream()
                    .map(
                        key ->
                            new Query.IdWithRouting(Document.id(key), Document.routing(key.chat())))
                    .toList())
            .withSourceFilter(FetchSourceFilter.of(filter -> filter.withIncludes("body")))
            .build();
    List<MultiGetItem<Body>> items = elasticsearch.multiGet(query, Body.class, SEARCHED);
    Map<MessageKey, String> bodies = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      MultiGetItem<Body> item = items.get(i);
      if (item.isFailed()) {
        throw new IllegalStateException(
            "Elasticsearch cannot read %s: %s".formatted(Document.id(keys.get(i)), reason(item)));
      }
      Body body = item.getItem();
      if (body != null) {
        bodies.put(keys.get(i), body.body());
      }
    }
    return bodies;
  }

  private static String reason(MultiGetItem<?> item) {
    return Optional.ofNullable(item.getFailure())
        .map(MultiGetItem.Failure::getElasticsearchErrorCause)
        .map(ElasticsearchErrorCause::getType)
        .orElse("unknown error");
  }

  /** Passes the keys of all documents to a consumer, page by page, in key order. */
  public void forEachPage(int size, Consumer<List<MessageKey>> consumer) {
    elasticsearch.indexOps(SEARCHED).refresh();
    List<Object> after = List.of();
    while (true) {
      Query query =
          NativeQuery.builder()
              .withSort(BY_KEY)
              .withSearchAfter(after)
              .withMaxResults(size)
              .withTrackTotalHits(false)
              .withSourceFilter(
                  FetchSourceFilter.of(filter -> filter.withIncludes("app", "chat", "number")))
              .build();
      List<SearchHit<Place>> page =
          elasticsearch.search(query, Place.class, SEARCHED).getSearchHits();
      if (page.isEmpty()) {
        return;
      }
      consumer.accept(page.stream().map(hit -> hit.getContent().key()).toList());
      after = page.getLast().getSortValues();
    }
  }
}
