package dev.tally.worker.index;

import static java.util.Objects.requireNonNull;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch.core.MgetRequest;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.get.GetResult;
import co.elastic.clients.elasticsearch.core.mget.MultiGetResponseItem;
import co.elastic.clients.elasticsearch.core.search.Hit;
import dev.tally.common.identity.MessageKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.data.elasticsearch.core.mapping.IndexCoordinates;
import org.springframework.stereotype.Component;

/** Reads the documents of the live index, to compare them with MySQL. */
@Component
public class IndexedMessages {

  /** The fields of a document that name its message. */
  private static final List<String> KEY = List.of("digest", "chat", "number");

  private final ElasticsearchTemplate elasticsearch;

  IndexedMessages(ElasticsearchTemplate elasticsearch) {
    this.elasticsearch = elasticsearch;
  }

  /** The part of a document that is compared. */
  record Body(String body) {}

  /**
   * What an index has of a message.
   *
   * @param version the message's revision, if the index's documents have revisions
   */
  public record Indexed(String body, long version) {}

  /**
   * The part of a document that names its message.
   *
   * @param digest the {@link dev.tally.common.search.AppDigest} of its app
   */
  record Place(String digest, long chat, long number) {}

  /**
   * The name of a document.
   *
   * @param digest the {@link dev.tally.common.search.AppDigest} of its app
   * @param version the message's revision, if the index's documents have revisions
   */
  public record Named(String digest, long chat, long number, long version) {}

  /**
   * The documents of those of the messages that are indexed. Documents that no search shows yet are
   * included.
   *
   * @throws org.springframework.dao.DataAccessException if Elasticsearch does not answer for all of
   *     them
   */
  public Map<MessageKey, Indexed> documents(List<Message> messages) {
    List<DocumentName> documents = messages.stream().map(DocumentName::of).toList();
    MgetRequest.Builder request =
        new MgetRequest.Builder().index(SearchCluster.SEARCHED).sourceIncludes("body");
    for (DocumentName document : documents) {
      request.docs(doc -> doc.id(document.id()).routing(document.routing()));
    }
    List<MultiGetResponseItem<Body>> items =
        elasticsearch.execute(client -> client.mget(request.build(), Body.class)).docs();
    Map<MessageKey, Indexed> indexed = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      MultiGetResponseItem<Body> item = items.get(i);
      if (item.isFailure()) {
        // A shard that is not started yet, for example, fails its documents and not the request.
        throw new TransientDataAccessResourceException(
            "Elasticsearch cannot read %s: %s"
                .formatted(documents.get(i).id(), item.failure().error().type()));
      }
      GetResult<Body> result = item.result();
      if (result.found()) {
        indexed.put(
            messages.get(i).key(),
            new Indexed(requireNonNull(result.source()).body(), requireNonNull(result.version())));
      }
    }
    return indexed;
  }

  /** Passes the names of all documents to a consumer, page by page, those of an app together. */
  public void forEachPage(int size, Consumer<List<Named>> consumer) {
    elasticsearch.indexOps(IndexCoordinates.of(SearchCluster.SEARCHED)).refresh();
    List<FieldValue> after = List.of();
    while (true) {
      SearchRequest request = page(size, after);
      List<Hit<Place>> page =
          elasticsearch.execute(client -> client.search(request, Place.class)).hits().hits();
      if (page.isEmpty()) {
        return;
      }
      consumer.accept(page.stream().map(IndexedMessages::named).toList());
      after = page.getLast().sort();
    }
  }

  private static SearchRequest page(int size, List<FieldValue> after) {
    SearchRequest.Builder request =
        new SearchRequest.Builder()
            .index(SearchCluster.SEARCHED)
            .size(size)
            .version(true)
            .trackTotalHits(total -> total.enabled(false))
            .source(source -> source.filter(filter -> filter.includes(KEY)));
    for (String field : KEY) {
      request.sort(sort -> sort.field(its -> its.field(field)));
    }
    if (!after.isEmpty()) {
      request.searchAfter(after);
    }
    return request.build();
  }

  private static Named named(Hit<Place> hit) {
    Place place = requireNonNull(hit.source());
    return new Named(place.digest(), place.chat(), place.number(), requireNonNull(hit.version()));
  }
}
