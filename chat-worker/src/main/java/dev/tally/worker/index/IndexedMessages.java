package dev.tally.worker.index;

import dev.tally.common.identity.MessageKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.dao.TransientDataAccessResourceException;
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
  private static final Sort BY_KEY = Sort.by("digest", "chat", "number");

  private final ElasticsearchOperations elasticsearch;

  IndexedMessages(ElasticsearchOperations elasticsearch) {
    this.elasticsearch = elasticsearch;
  }

  /** The part of a document that is compared. */
  record Body(String body) {}

  /**
   * The part of a document that names its message.
   *
   * @param digest the {@link dev.tally.common.search.AppDigest} of its app
   */
  public record Place(String digest, long chat, long number) {}

  /**
   * The bodies of those of the messages that are indexed. Documents that no search shows yet are
   * included.
   *
   * @throws org.springframework.dao.DataAccessException if Elasticsearch does not answer for all of
   *     them
   */
  public Map<MessageKey, String> bodies(List<Message> messages) {
    List<Document> documents = messages.stream().map(Document::of).toList();
    Query query =
        NativeQuery.builder()
            .withIdsWithRouting(
                documents.stream()
                    .map(document -> new Query.IdWithRouting(document.id(), document.routing()))
                    .toList())
            .withSourceFilter(FetchSourceFilter.of(filter -> filter.withIncludes("body")))
            .build();
    List<MultiGetItem<Body>> items = elasticsearch.multiGet(query, Body.class, SEARCHED);
    Map<MessageKey, String> bodies = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      MultiGetItem<Body> item = items.get(i);
      if (item.isFailed()) {
        // A shard that is not started yet, for example, fails its documents and not the request.
        throw new TransientDataAccessResourceException(
            "Elasticsearch cannot read %s: %s".formatted(documents.get(i).id(), reason(item)));
      }
      Body body = item.getItem();
      if (body != null) {
        bodies.put(messages.get(i).key(), body.body());
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

  /** Passes the places of all documents to a consumer, page by page, those of an app together. */
  public void forEachPage(int size, Consumer<List<Place>> consumer) {
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
                  FetchSourceFilter.of(filter -> filter.withIncludes("digest", "chat", "number")))
              .build();
      List<SearchHit<Place>> page =
          elasticsearch.search(query, Place.class, SEARCHED).getSearchHits();
      if (page.isEmpty()) {
        return;
      }
      consumer.accept(page.stream().map(SearchHit::getContent).toList());
      after = page.getLast().getSortValues();
    }
  }
}
